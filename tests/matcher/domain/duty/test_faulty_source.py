from datetime import UTC, datetime

from schemas.duty import DUTY_PACK, SOURCE_FAULTY
from services.ingest.domain.pulling.source_health import make_fault_signal
from services.matcher.domain.duty.windows import DUTY_WINDOWS

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_the_hit_that_the_worker_sends_has_what_its_window_groups_and_tells() -> None:
    window = DUTY_WINDOWS[(DUTY_PACK, SOURCE_FAULTY)]

    signal = make_fault_signal("desk", "desk.example answers 503", NOON)

    assert (signal.pack, signal.rule) == (window.pack, window.name)
    assert signal.base in window.bases
    assert set(window.group_by) == signal.group.keys()
    assert signal.fields == {"fault": "desk.example answers 503"}
    assert window.summary == "{{ source }} fails again and again: {{ fault }}"
