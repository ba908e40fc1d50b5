import pytest

from tests.chaos.plot import draw
from tests.chaos.samples import ResourceSample, fit_drift, memory_of


def line(start: float, an_hour: float, seconds: int = 1800) -> list[tuple[float, float]]:
    return [(float(at), start + an_hour * at / 3600) for at in range(0, seconds, 5)]


def test_the_drift_is_given_an_hour_and_in_total() -> None:
    drift = fit_drift(line(100.0, 60.0))

    assert drift.hourly == pytest.approx(60.0)
    assert drift.total == pytest.approx(20.0, abs=0.2)
    assert not drift.is_flat


def test_growth_while_a_process_warms_up_does_not_count() -> None:
    warming = [(at, level - max(0.0, 500 - at)) for at, level in line(600.0, 1.0)]

    assert fit_drift(warming).hourly == pytest.approx(1.0, abs=0.01)
    assert fit_drift(warming).is_flat


def test_a_falling_level_is_flat() -> None:
    assert fit_drift(line(100.0, -90.0)).is_flat


def test_a_process_that_was_down_has_no_sample_then() -> None:
    samples = [ResourceSample(0.0, {"a": 1.0, "b": 2.0}, {}), ResourceSample(5.0, {"b": 3.0}, {})]

    assert memory_of(samples, "a") == [(0.0, 1.0)]


def test_the_plot_is_a_png(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("plot") / "soak.png"

    draw(path, "t", {"MiB": {"a": line(1, 1), "b": line(2, 2)}, "s": {"alerts": line(1, 0)}})

    assert path.read_bytes().startswith(b"\x89PNG")
