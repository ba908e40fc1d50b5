"""Any template is refused or rendered; states, signals and alerts come back as they were."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.alert import Alert
from schemas.event import Event
from schemas.signal import Signal
from services.matcher.domain.backtest.replay import replay
from services.matcher.domain.rules.signals import make_signals
from services.matcher.domain.windows.template import read_fields, render_template
from tests.examples import scale_examples
from tests.matcher.builders import RULE, hit, retraction
from tests.matcher.course import WindowCourse
from tests.matcher.proof.any_reports import COUNTS, streams

OF_TEMPLATES = (
    *("{{", "}}", "{%", "%}", "value", "values", "place", "|", "join(',')", "for", "one"),
    *("in", "values", "if", "else", "endif", "endfor", "endfor", "set", "x", "=", "(", ")"),
    *("[0]", ".x", "'a'", "+", "*", "**", "9", "%", "~", "group.place", "first", "sum(1)"),
    *("round(2)", "not", "macro", "m()", "endmacro", "call", "filter", "upper"),
    *("endfilter", "{#", "#}", "loop.index", "range(9)", "import", "include", "'x'", "raw"),
    *("endraw", "self", "__class__", "none", "true", "-%}", "{%-", "%s", ".format(1)"),
    *("title"),
)
PIECES = st.lists(
    st.one_of(
        st.sampled_from(OF_TEMPLATES),
        st.text(max_size=3),
    ),
    max_size=14,
).map(" ".join)


@given(template=PIECES)
@example("{{ '{0.x}'.format(1) }}")
@example("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")
@example("{{ value | nosuchfilter }}")
@example("{% include 'x' %}")
@example("{{ range(10000000) | list }}")
@example("{{ ().__class__.__mro__ }}")
@example("{{ values.append(1) }}")
@example("{{ 1 / 0 }}")
@example("{{ " + "(" * 5_000 + ")" * 5_000 + " }}")
@example("{{ " + "not " * 5_000 + "x }}")
@settings(max_examples=scale_examples(300))
def test_any_template_is_refused_or_rendered(template: str) -> None:
    values = {"value": "3", "values": ["a", "b"], "group": {"place": "Taji"}, "title": "T"}

    refused = _refused(template)

    if refused is None:
        assert isinstance(render_template(template, values), str)
    else:
        assert refused.startswith("line ")


def _refused(template: str) -> str | None:
    try:
        read_fields(template)
    except ValueError as error:
        return str(error)
    return None


@given(
    hours=st.lists(st.integers(0, 40), max_size=12),
    out=st.lists(st.integers(0, 40), max_size=3),
    text=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_a_state_comes_back_from_its_bytes(hours: list[int], out: list[int], text: str) -> None:
    course = WindowCourse(RULE)
    for hour in hours:
        signal = hit(hour, values=(text,))
        course.take(signal.model_copy(update={"fields": {"place": text, "value": 1.5}}))
    course.take(*(retraction(hour) for hour in out))
    before = course.state

    assert course.restore().state == before


@given(events=streams())
def test_signals_and_alerts_come_back_from_their_json(events: list[Event]) -> None:
    sent = [signal for event in events for signal in make_signals(COUNTS, event)]
    alerts = replay(COUNTS, events).alerts

    again = [Signal.model_validate_json(_json(signal)) for signal in sent]
    alerts_again = [Alert.model_validate_json(_json(alert)) for alert in alerts]
    events_again = [Event.model_validate_json(_json(event)) for event in events]

    assert (again, alerts_again, events_again) == (sent, alerts, events)


def _json(model: Event | Signal | Alert) -> str:
    return model.model_dump_json(exclude_defaults=True)
