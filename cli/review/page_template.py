"""The page of a review, as a Jinja template."""

TEMPLATE = """{% from "time_line" import time_line %}<!doctype html>
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
{% call(height) time_line(rules, ticks, width) %}{% endcall %}
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
