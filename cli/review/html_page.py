"""A page of HTML with a time line: self-contained, no script, nothing is loaded."""

from jinja2 import DictLoader, Environment, StrictUndefined

TIME_LINE = """{% macro time_line(rows, ticks, width) %}{% set height = 34 * rows|length %}
<svg viewBox="0 0 {{ width + 40 }} {{ height + 30 }}" role="img"
  aria-label="Alerts of each rule over time">
{% for row in rows %}{% set y = 34 * loop.index0 %}
<text x="20" y="{{ y + 12 }}">{{ row.name }}</text>
<line class="axis" x1="20" x2="{{ width + 20 }}" y1="{{ y + 24 }}" y2="{{ y + 24 }}"/>
{% for mark in row.marks %}<rect class="{{ mark.kind }}" x="{{ mark.x + 20 }}" y="{{ y + 17 }}"
 width="{{ mark.width }}" height="14" rx="2"><title>{{ mark.label }}</title></rect>
{% endfor %}{% endfor %}
{{ caller(height) }}{% for x, date in ticks %}<text x="{{ x + 20 }}" y="{{ height + 22 }}"
 text-anchor="middle">{{ date }}</text>
{% endfor %}</svg>{% endmacro %}
"""
"""A row for each rule; `caller` draws over all rows, whose height it gets."""


def render_page(template: str, **values: object) -> str:
    """The page of a template, which may import `time_line`. All values are escaped."""
    environment = Environment(
        loader=DictLoader({"time_line": TIME_LINE}), autoescape=True, undefined=StrictUndefined
    )
    return environment.from_string(template).render(values)
