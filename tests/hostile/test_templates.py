"""No template of a rule takes much time or memory, or costs an alert."""

from dataclasses import replace

import pytest

from schemas.alert import LONGEST_FIELD
from services.matcher.domain.windows.template import read_fields, render_template
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
