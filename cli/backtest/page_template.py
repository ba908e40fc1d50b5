"""The page of a backtest, as a Jinja template."""

TEMPLATE = """{% from "time_line" import time_line %}<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Backtest of {{ events }} events</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
 body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
 svg { width: 100%; height: auto; display: block } text { font-size: 12px; fill: #444 }
 .axis { stroke: #ccc } details { border-bottom: 1px solid #ddd; padding: .3rem 0 }
 summary b { margin-right: .4rem } li, .why { color: #555 }
 .informational { fill: #afb8c1; color: #57606a } .low { fill: #0969da; color: #0969da }
 .medium { fill: #bf8700; color: #9a6700 } .high { fill: #e16f24; color: #bc4c00 }
 .critical { fill: #cf222e; color: #cf222e }
 .warned { stroke: #1a7f37 } .missed { stroke: #cf222e; stroke-dasharray: 4 3 }
</style></head><body>
<h1>Backtest of {{ '{:,}'.format(events) }} events</h1>
{% if since %}<p>{{ since.strftime('%Y-%m-%d') }} to {{ until.strftime('%Y-%m-%d') }},
 {{ alerts|length + left_out }} alerts</p>{% endif %}
{% if rows %}{% call(height) time_line(rows, ticks, width) %}
{% for x, name, warned in outcomes %}<line class="{{ 'warned' if warned else 'missed' }}"
 x1="{{ x + 20 }}" x2="{{ x + 20 }}" y1="0" y2="{{ height }}" stroke-width="2">
 <title>{{ name }}</title></line>
{% endfor %}
{% endcall %}
{% endif %}
{% if measures %}<h2>Outcomes</h2>
<p>A line of the picture is an outcome: green where an alert came before it.</p><ul>
{% for line in measures %}<li><bdi>{{ line }}</bdi></li>
{% endfor %}</ul>{% endif %}
<h2>Alerts</h2>
{% for alert in alerts %}
<details><summary>{{ alert.starts }} <b class="{{ alert.level }}">{{ alert.level }}</b>
{% if alert.flags %}<b>{{ alert.flags }}</b>{% endif %}{{ alert.rule }}:
<bdi>{{ alert.summary }}</bdi></summary>
<p class="why">{{ alert.status }}{% if alert.group %}, <bdi>{{ alert.group }}</bdi>{% endif %}<br>
<bdi>{{ alert.why }}</bdi></p>
<ul>{% for source, at, words in alert.evidence %}
<li><bdi>{{ source }}</bdi> {{ at }} <bdi>{{ words }}</bdi></li>{% endfor %}
{% if alert.count > alert.evidence|length %}<li>{{ alert.count - alert.evidence|length }} more</li>
{% endif %}</ul></details>
{% endfor %}
{% if left_out %}<p>{{ left_out }} more alerts are on the time line.</p>{% endif %}
</body></html>
"""
