"""No rule, pack or bundle that somebody wrote stops a matcher, a check or a terminal."""

import inspect
import io
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from rich.console import Console
from typer.testing import CliRunner

from cli.__main__ import main
from cli.dead_letters import build_table
from cli.ledger import build_tables
from cli.output import escape_controls
from cli.rules import app
from schemas.alert import LONGEST_FIELD
from schemas.ledger import Act, LedgerLine
from schemas.pack import Pack
from schemas.rule import CorrelationRule
from services.document_faults import DocumentFault, DocumentLocation, suggest_name
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.adapters.rules.rule_keys import RULE_KEYS
from services.matcher.domain.backtest.coverage import find_coverage_faults, list_cases
from services.matcher.domain.detection import strings
from services.matcher.domain.detection.compile_detection import compile_detection
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.strings import Expressions, InvalidRegex
from services.matcher.domain.packs.documents import LocatedDocument
from services.matcher.domain.rules.references import Rules, sort_by_bases
from services.matcher.domain.windows.template import read_fields, render_template
from services.validation_errors import list_errors
from tests.matcher.adapters.rules.packs import ROCKETS, changed, write_pack
from tests.matcher.builders import ALONE, hit
from tests.matcher.course import WindowCourse

FAILED = "(the rule's text cannot be rendered: "

HUGE_TEMPLATES = {
    "padding": "{{ 'a' | center(200000000) }}",
    "padding by a method": "{{ 'a'.center(200000000) }}",
    "a column": "{{ 'a'.ljust(200000000) }}",
    "batches": "{{ 'a' | batch(200000000, 'x') | list }}",
    "slices": "{{ 'a' | slice(200000000) | list }}",
    "an indent": "{{ text | indent(200000000, true) }}",
    "a width": "{{ '%200000000d' % 5 }}",
    "a width by a filter": "{{ '%200000000d' | format(5) }}",
    "a width by a method": "{{ '{:200000000}'.format(5) }}",
    "a wrap": "{{ text | wordwrap(1, wrapstring='a long line between each of the words') }}",
    "a range": "{{ range(10 ** 9) | list }}",
    "a loop": "{% for a in 'aaa' %}{% for b in 'bbb' %}x{% endfor %}{% endfor %}",
    "a recursion": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a block": "{% block a %}{{ self.a() }}{% endblock %}",
    "a doubling": "{% set x = 'aa' %}{% set x = x ~ x %}{{ x }}",
    "any function": "{{ lipsum(1000) }}",
    "any filter by its name": "{{ ['a'] | map('center', 200000000) | list }}",
    "a text times a number": "{{ 'a' * 200000000 }}",
    "a precision": "{{ 1.5 | round(200000000, 'ceil') }}",
    "a long separator": "{{ text | join(text) }}",
    "a growing text": "{{ 'a' | replace('a', '" + "a" * 21 + "') }}",
    "a cut shorter than its dots": "{{ text | truncate(1) }}",
    "deep nesting": "{% if a %}" * 101 + "{% endif %}" * 101,
    "a long template": "{{ text }}" * 401,
}


@pytest.mark.parametrize("template", HUGE_TEMPLATES.values(), ids=HUGE_TEMPLATES)
def test_a_template_that_may_grow_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"^line 1: "):
        read_fields(template)

    assert render_template(template, {"text": "some words"}).startswith(FAILED)


@pytest.mark.parametrize(
    "template",
    [
        "{{ text" + " | replace('a', 'aaaaaaaaaaaaaaaaaaaa')" * 8 + " }}",
        "{{ text ~ text ~ text }}",
        "{{ 'a' if values | join(text) else '' }}",
    ],
)
def test_a_text_that_grows_past_its_bound_is_replaced(template: str) -> None:
    rendered = render_template(template, {"text": "a" * 10_000, "values": ["a"] * 3})

    assert rendered.startswith(FAILED)
    assert len(rendered) < 300


@pytest.mark.parametrize(
    "template",
    [
        "{{ values | join(', ') }}",
        "{% if place %} ({{ place }}){% endif %}",
        "{{ words.splitlines() | join(' – ') | truncate(200) }}",
        "{{ names if names is string else names | join(', ') }}",
        "{{ place | default(country, true) | upper }}",
        "{{ (value | float * 100) | round(1) }} %",
        "{{ values[:3] | sort(reverse=true) | first }}",
    ],
)
def test_an_ordinary_template_is_taken(template: str) -> None:
    read_fields(template)

    values = {"values": ["a", "b"], "words": "a\nb", "value": "0.5"}
    assert not render_template(template, values).startswith(FAILED)


def test_no_template_costs_an_alert() -> None:
    rule = replace(ALONE, summary="{{ place | truncate(1) }}", action="{{ values | truncate(1) }}")

    last = WindowCourse(rule).take(hit(0)).last

    assert last.summary.startswith(FAILED)
    assert (last.action or "").startswith(FAILED)


def test_an_action_is_as_short_as_a_summary() -> None:
    rule = replace(ALONE, summary="x" * 3_000, action="x" * 3_000)

    last = WindowCourse(rule).take(hit(0)).last

    assert last.action == last.summary
    assert len(last.summary) <= LONGEST_FIELD


def faults_of(folder: Path, detection: str) -> list[str]:
    """What a pack with this detection is told, in short."""
    rule = f"""
        title: Any
        name: any
        logsource: {{category: report}}
        detection:
          words: {{{detection}}}
          condition: words
    """
    files = read_rule_files(write_pack(folder, indicators__any=rule))
    _, faults = files.rulebook()
    return [str(fault).removeprefix(f"{folder}/iraq/indicators/") for fault in faults]


@pytest.mark.parametrize("modifiers", ["re", "re|i"])
def test_an_expression_with_a_large_program_is_refused_where_it_stands(
    tmp_path: Path, modifiers: str
) -> None:
    [fault] = faults_of(tmp_path, f"words|{modifiers}: '\\pL{{1,40}}'")

    assert fault.startswith(f"any.yaml:6: detection.words.words|{modifiers}: RE2 does not take ")
    assert "pattern too large" in fault
    assert "repeat less" in fault


@pytest.mark.parametrize("value", ["words|re: '" + "a" * 4_001 + "'", "'" + "a?" * 2_001 + "'"])
def test_a_long_expression_is_refused(tmp_path: Path, value: str) -> None:
    [fault] = faults_of(tmp_path, value if "re" in value else f"words: {value}")

    assert "longer than 4000 characters: write several" in fault
    assert len(fault) < 300


def test_all_expressions_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strings, "LARGEST_PROGRAMS", 3_000)
    expressions = Expressions()
    patterns = [f"{letter}\\pL{{1,2}}" for letter in "abc"]

    expressions.compile(patterns[0])
    expressions.compile(patterns[1])

    with pytest.raises(InvalidRegex, match="too large in all: write phrases"):
        expressions.compile(patterns[2])
    assert expressions.compile(patterns[0]) is expressions.compile(patterns[0])


def test_the_expressions_of_several_packs_are_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strings, "MOST_EXPRESSIONS", 3)
    for pack in "ab":
        texts = ", ".join(f"{pack}*{number}" for number in range(2))
        rule = f"""
            title: Any
            name: any
            logsource: {{category: report}}
            detection: {{words: {{words: [{texts}]}}, condition: words}}
        """
        write_pack(tmp_path, pack, indicators__any=rule)

    _, faults = read_rule_files(tmp_path).rulebook()

    assert [(Path(fault.file).parts[-3], fault.message) for fault in faults] == [
        ("b", "more than 3 expressions: write phrases instead, or leave rules out")
    ]


def test_at_most_ten_faults_of_a_file_are_listed(tmp_path: Path) -> None:
    keys = "".join(f"    key{number}: 1\n" for number in range(400))
    pack = write_pack(tmp_path, indicators__rockets=ROCKETS + keys)

    result = CliRunner().invoke(app, ["check", "--rules", str(pack)])

    lines = result.stderr.splitlines()
    assert len(lines) == 11
    assert lines[0].startswith(f"{pack}/indicators/rockets.yaml:17: key0: there is no such key")
    assert lines[10] == f"{pack}/indicators/rockets.yaml:1: and 390 more"


def count_calls(action: Callable[[], object]) -> int:
    """How many functions run, with each step of a generator; a measure of cost without a clock."""
    calls = 0

    def note(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


def list_unknown_keys(count: int) -> int:
    """The cost of describing that many errors."""
    value = {"title": "t", "owner": "o"} | {f"key{number}": 1 for number in range(count)}
    with pytest.raises(ValidationError) as raised:
        Pack.model_validate(value)
    return count_calls(lambda: list(list_errors(raised.value, value, RULE_KEYS)))


def test_errors_cost_as_many_steps_as_there_are() -> None:
    assert list_unknown_keys(400) < 5 * list_unknown_keys(100)


def check_many_rules(folder: Path, count: int) -> int:
    """The cost of compiling that many rules and hypotheses of one file, and of their coverage."""
    head = "title: t\nlogsource: {category: report}\ndetection: {w: x, condition: w}\n"
    rules = "---\n".join(f"{head}name: r{number}\n" for number in range(count))
    items = "".join(
        f"  - name: h{number}\n    title: t\n    indicators: [{{rule: r0, weight: 1}}]\n"
        "    levels: {watch: 1, elevated: 2, high: 3}\n"
        for number in range(count)
    )
    files = {"indicators__many": rules, "hypotheses": f"hypotheses:\n{items}"}
    read = read_rule_files(write_pack(folder, str(count), **files))

    def check() -> None:
        rulebook, faults = read.rulebook()
        assert (len(rulebook.hypotheses), faults) == (count, ())
        for pack in read.packs:
            assert len(list(find_coverage_faults(pack))) == 2 * count
            list(list_cases(pack))

    return count_calls(check)


def test_rules_cost_as_many_steps_as_there_are(tmp_path: Path) -> None:
    assert check_many_rules(tmp_path, 200) < 5 * check_many_rules(tmp_path, 50)


def test_a_suggestion_looks_at_a_bounded_number_of_names() -> None:
    names = (f"some_name_{number}" for number in range(100_000))

    assert suggest_name("some_name_1", names) == "did you mean some_name_1?"
    assert next(names) == "some_name_500"
    assert suggest_name("x" * 100_000, ["x" * 100_000]) == ""


def test_a_condition_that_multiplies_selections_is_refused() -> None:
    selections = {f"s{number}": "x" for number in range(501)}

    predicate, errors = compile_detection(
        selections | {"condition": "1 of s*"}, Lists(), Expressions()
    )

    assert predicate is None
    assert [str(error) for error in errors] == ["more than 500 selections"]


def test_any_number_of_cycles_is_reported() -> None:
    section = {"type": "temporal", "timespan": "1h"}
    rules: Rules = tuple(
        LocatedDocument(
            CorrelationRule.model_validate(
                {
                    "title": "t",
                    "name": f"r{number}",
                    "correlation": section | {"rules": [f"r{number ^ 1}", "rockets"]},
                }
            ),
            DocumentLocation("a.yaml"),
        )
        for number in range(2 * 100)
    )
    limit = sys.getrecursionlimit()

    sys.setrecursionlimit(len(inspect.stack()) + 80)
    try:
        ordered, faults = sort_by_bases(rules)
    finally:
        sys.setrecursionlimit(limit)

    assert (ordered, len(faults)) == ((), 200)


def test_a_fault_of_a_long_field_is_short() -> None:
    fault = DocumentFault("a.yaml", 1, "x" * 10_000, "y" * 10_000)

    assert len(str(fault)) < 700


HOSTILE = "\x1b]0;owned\x07\x9b2J\u202e[red]:bomb:[/red]\nforged: line"
SHOWN = "\\u001b]0;owned\\u0007\\u009b2J\\u202e[red]:bomb:[/red]\\nforged: line"


def test_what_controls_a_terminal_is_escaped_and_words_are_kept() -> None:
    words = "مليونية نمی\u200cشود 👩\u200d🚒 naïve"

    assert escape_controls(HOSTILE) == SHOWN
    assert escape_controls(words) == words
    assert json.loads(escape_controls(json.dumps([HOSTILE], ensure_ascii=False))) == [HOSTILE]


def test_no_key_and_no_pack_name_controls_the_terminal(tmp_path: Path) -> None:
    rule = f"{ROCKETS}    {json.dumps(HOSTILE)}: 1\n"
    pack = write_pack(tmp_path, "pack\x1b[2J", indicators__rockets=rule)

    result = CliRunner().invoke(app, ["check", "--rules", str(pack)])

    [line] = result.stderr.splitlines()
    assert line.isprintable()
    assert SHOWN in line
    assert "pack\\u001b[2J" in line


@pytest.mark.parametrize("form", ["json", "table"])
def test_no_template_controls_the_terminal_or_the_table(tmp_path: Path, form: str) -> None:
    summary = "\x9b2J[red]:bomb:[/]"
    rule = changed(ROCKETS, 'Rockets at {{ place }}"}', f'{json.dumps(summary)[1:-1]}"}}')
    pack = write_pack(tmp_path, indicators__rockets=rule)
    (tmp_path / "events").write_text('{"id": "a", "text": "Rockets hit the base."}')

    options = ["--events", str(tmp_path / "events"), "--rules", str(pack), "--format", form]
    result = CliRunner().invoke(app, ["backtest", *options], env={"COLUMNS": "200"})

    assert "\\u009b2J[red]:bomb:[/]" in result.stdout
    assert all(line.isprintable() for line in result.stdout.splitlines())


def test_the_tables_of_other_commands_show_markup_as_it_is() -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    line = LedgerLine(
        at=at, alert=HOSTILE, fingerprint="f", revision=1, act=Act.FAILED, reason=HOSTILE
    )
    letter = dict.fromkeys(("reason", "where", "topic", "partition", "offset", "value"), HOSTILE)
    console = Console(width=1_000, file=io.StringIO(), force_terminal=False)

    console.print(*build_tables([line]), build_table([letter | {"at": at.isoformat()}]))

    assert isinstance(console.file, io.StringIO)
    printed = console.file.getvalue()
    assert printed.count(SHOWN) == 8
    assert all(line.isprintable() for line in printed.splitlines())


def test_a_failure_of_a_command_controls_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["vedette", "rules", "check", "--rules", "a\x1b[2J"])

    with pytest.raises(SystemExit):
        main()

    assert capsys.readouterr().err == "vedette: a\\u001b[2J: no such folder\n"
