"""No rule, pack or bundle that somebody wrote stops a matcher or a check."""

import inspect
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from cli.rules import app
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
from services.validation_errors import list_errors
from tests.matcher.adapters.rules.packs import ROCKETS, write_pack
from tests.parts.counted_calls import count_calls


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
