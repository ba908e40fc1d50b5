"""The page of a review, as a Jinja template."""

TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Rules: {{ title }}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
 body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
 table { border-collapse: collapse } td, th { padding: .2rem .7rem; text-align: right }
 td:first-child, th:first-child { text-align: left } tr { border-bottom: 1px solid #ddd }
 svg { width: 100%; height: auto; display: block } blockquote { margin: .2rem 0 .6rem; color: #555 }
 text { font-size: 12px; fill: #444 } .axis { stroke: #ccc }
 .gained { fill: #1a7f37; color: #1a7f37 } .lost { fill: #cf222e; color: #cf222e }
 .level { fill: #bf3989; color: #bf3989 } .moved { fill: #9a6700; color: #9a6700 }
 .count { fill: #0969da; color: #0969da } .as-before { fill: #afb8c1; color: #57606a }
</style></head><body>
<h1>Rules: {{ title }}</h1>
{% if rules %}
<svg viewBox="0 0 {{ width + 40 }} {{ 34 * rules|length + 30 }}" role="img"
  aria-label="Alerts of each rule over time">
{% for rule in rules %}{% set y = 34 * loop.index0 %}
<text x="20" y="{{ y + 12 }}">{{ rule.name }}</text>
<line class="axis" x1="20" x2="{{ width + 20 }}" y1="{{ y + 24 }}" y2="{{ y + 24 }}"/>
{% for mark in rule.marks %}<rect class="{{ mark.kind }}" x="{{ mark.x + 20 }}" y="{{ y + 17 }}"
 width="{{ mark.width }}" height="14" rx="2"><title>{{ mark.label }}</title></rect>
{% endfor %}{% endfor %}
{% for x, date in ticks %}<text x="{{ x + 20 }}" y="{{ 34 * rules|length + 22 }}"
 text-anchor="middle">{{ date }}</text>
{% endfor %}</svg>
<p>{% for kind in kinds %}<b class="{{ kind }}">■ {{ kind }}</b> {% endfor %}
<b class="as-before">■ as before</b></p>
<table><tr><th>rule</th>
{% for kind in kinds %}<th>{{ kind }}</th>{% endfor %}<th>as before</th></tr>
{% for rule in rules %}<tr><td><a href="#r{{ loop.index }}">{{ rule.name }}</a></td>
{% for count in rule.counts %}<td>{{ count or '' }}</td>{% endfor %}
<td>{{ rule.unchanged }}</td></tr>
{% endfor %}</table>
{% endif %}
{% for name, before, after in hypotheses %}
<h2>Hypothesis {{ name }}</h2><p>before: {{ before }}<br>after: {{ after }}</p>
{% endfor %}
{% for line in closing %}<p>{{ line }}</p>{% endfor %}
{% for rule in rules %}
<h2 id="r{{ loop.index }}">{{ rule.name }}</h2>
{% for kind, what, summary, group, quote in rule.changes %}
<p><b class="{{ kind }}">{{ kind }}</b> {{ what }}: <bdi>{{ summary }}</bdi>
{% if group %}(<bdi>{{ group }}</bdi>){% endif %}</p>
<blockquote><bdi>{{ quote }}</bdi></blockquote>
{% endfor %}{% endfor %}
</body></html>
"""
