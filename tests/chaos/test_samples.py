import pytest

from tests.chaos.plot import draw
from tests.chaos.samples import ResourceSample, drift, memory_of


def line(start: float, an_hour: float, seconds: int = 1800) -> list[tuple[float, float]]:
    return [(float(at), start + an_hour * at / 3600) for at in range(0, seconds, 5)]


def test_a_slope_is_told_by_the_hour() -> None:
    found = drift(line(100.0, 60.0))

    assert found.an_hour == pytest.approx(60.0)
    assert found.seen == pytest.approx(20.0, abs=0.2)
    assert not found.flat


def test_what_a_process_grows_while_it_warms_up_is_no_slope() -> None:
    warming = [(at, level - max(0.0, 500 - at)) for at, level in line(600.0, 1.0)]

    assert drift(warming).an_hour == pytest.approx(1.0, abs=0.01)
    assert drift(warming).flat


def test_to_fall_is_no_fault() -> None:
    assert drift(line(100.0, -90.0)).flat


def test_a_process_that_was_away_has_no_memory_then() -> None:
    samples = [ResourceSample(0.0, {"a": 1.0, "b": 2.0}, {}), ResourceSample(5.0, {"b": 3.0}, {})]

    assert memory_of(samples, "a") == [(0.0, 1.0)]


def test_the_plot_is_a_png(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("plot") / "soak.png"

    draw(path, "t", {"MiB": {"a": line(1, 1), "b": line(2, 2)}, "s": {"alerts": line(1, 0)}})

    assert path.read_bytes().startswith(b"\x89PNG")
