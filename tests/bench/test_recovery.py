"""The output of `make bench-recovery`."""

from bench.report import recovery_lines


def test_each_recovery_has_its_time_an_entry_and_relative_to_faust() -> None:
    title, faust, ours = recovery_lines({"Faust as it comes": 10.0, "matcher": 2.5}, 100_000)

    assert "100,000 entries" in title
    assert faust.split()[-3:] == ["10.00", "100.0", "1.00"]
    assert ours.split()[-3:] == ["2.50", "25.0", "0.25"]
