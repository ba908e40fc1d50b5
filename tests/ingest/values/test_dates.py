from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.values.dates import (
    LONGEST_DATE,
    DateReading,
    UnreadableTime,
    read_time,
)
from services.ingest.domain.values.solar_hijri import count_days, to_gregorian

PLAIN = DateReading()
BAGHDAD = DateReading(ZoneInfo("Asia/Baghdad"))

MOMENTS = {
    # months of other languages, as feeds write them
    "vendredi 3 janvier 2020 10:00 GMT": "2020-01-03T10:00:00",
    "3 févr. 2020 10:00 GMT": "2020-02-03T10:00:00",
    "1 août 2020 à 10:00 GMT": "2020-08-01T10:00:00",
    "3 déc. 2020 10:00 GMT": "2020-12-03T10:00:00",
    "viernes, 3 de enero de 2020 10:00 GMT": "2020-01-03T10:00:00",
    "3 setiembre 2020 10:00 GMT": "2020-09-03T10:00:00",
    "3 dic. 2020 10:00 GMT": "2020-12-03T10:00:00",
    "3 Ocak 2020 Cuma 10:00 GMT": "2020-01-03T10:00:00",
    "3 Şubat 2020, 10:00 GMT": "2020-02-03T10:00:00",
    "3 Ağu 2020 10:00 GMT": "2020-08-03T10:00:00",
    "3 KASIM 2020 10:00 GMT": "2020-11-03T10:00:00",
    "3 Aralık 2020 10:00 GMT": "2020-12-03T10:00:00",
    "3 Gulan 2020 10:00 GMT": "2020-05-03T10:00:00",
    "3 Tîrmeh 2020 10:00 GMT": "2020-07-03T10:00:00",
    "3 Kanûna Pêşîn 2020 10:00 GMT": "2020-12-03T10:00:00",
    # RFC 822 as feeds write it
    "Fri, 03 Jan 2020 10:00:00 GMT": "2020-01-03T10:00:00",
    "Fri, 03 Jan 2020 10:00:00 +0300": "2020-01-03T07:00:00",
    "Fri, 03 Jan 2020 10:00:00 -0700 (PDT)": "2020-01-03T17:00:00",
    "Fri, 03 Jan 2020 10:00:00 EST": "2020-01-03T15:00:00",
    "Fri, 03 Jan 2020 10:00:00 Z": "2020-01-03T10:00:00",
    "Fri, 03 Jan 2020 10:00:00 A": "2020-01-03T10:00:00",
    "Fri, 03 Jan 2020 10:00:00 UT": "2020-01-03T10:00:00",
    "Fri, 3 Jan 20 10:00 +0300": "2020-01-03T07:00:00",
    "Mon, 03 Jan 2020 10:00:00 GMT": "2020-01-03T10:00:00",
    "Thurs, 2 January 2020 10:00:00 EST": "2020-01-02T15:00:00",
    "Fri,03 Jan 2020 10:00:00 GMT": "2020-01-03T10:00:00",
    "Ven, 03 Jan 2020 10:00:00 CET": "2020-01-03T09:00:00",
    "03 Jan 2020 10:00:00 GMT+03:00": "2020-01-03T07:00:00",
    "03 Jan 2020 10:00:00 +3": "2020-01-03T07:00:00",
    "03-Jan-20 10:00:00 GMT": "2020-01-03T10:00:00",
    "Fri, 03 Jan 120 10:00:00 GMT": "2020-01-03T10:00:00",
    "03 Jan 99 10:00:00 GMT": "1999-01-03T10:00:00",
    "Sun, 05 Jan 2020 24:00:00 +0000": "2020-01-06T00:00:00",
    "Tue, 31 Dec 2019 23:59:60 GMT": "2019-12-31T23:59:59.999999",
    "Sept 5 2019 9:05 pm UTC": "2019-09-05T21:05:00",
    "January 3rd, 2020 at 12:30 a.m. GMT": "2020-01-03T00:30:00",
    "Fri Jan  3 10:00:00 UTC 2020": "2020-01-03T10:00:00",
    "Fri Jan  3 10:00:00 2020": "2020-01-03T10:00:00",
    # ISO 8601
    "2020-01-03T10:00:00Z": "2020-01-03T10:00:00",
    "2020-01-03t10:00:00z": "2020-01-03T10:00:00",
    "2020-01-03T10:00:00+0300": "2020-01-03T07:00:00",
    "2020-01-03 10:00:00 UTC": "2020-01-03T10:00:00",
    "2020-01-03T10:00": "2020-01-03T10:00:00",
    "2020-01-03T10:00:00.123456789Z": "2020-01-03T10:00:00.123456",
    "20200103T100000Z": "2020-01-03T10:00:00",
    "20200103100000": "2020-01-03T10:00:00",
    # since 1970
    "1578045600": "2020-01-03T10:00:00",
    "1578045600.000200": "2020-01-03T10:00:00.000200",
    "1578045600000": "2020-01-03T10:00:00",
    # Arabic and Persian
    "الجمعة 3 يناير 2020 10:30 ص": "2020-01-03T10:30:00",
    "٣ كانون الثاني ٢٠٢٠ ١٠:٣٠ مساءً": "2020-01-03T22:30:00",
    "۱۳ دی ۱۳۹۸ ساعت ۱۰:۳۰": "2020-01-03T10:30:00",
    "13.04.2020 08:15": "2020-04-13T08:15:00",
}

INTERVALS = {
    "3 Jan 2020": ("2020-01-03", "2020-01-03"),
    "January 3, 2020": ("2020-01-03", "2020-01-03"),
    "2020-01-03": ("2020-01-03", "2020-01-03"),
    "20200103": ("2020-01-03", "2020-01-03"),
    "2020/1/3": ("2020-01-03", "2020-01-03"),
    "2020-01": ("2020-01-01", "2020-01-31"),
    "Jan 2020": ("2020-01-01", "2020-01-31"),
    "2020": ("2020-01-01", "2020-12-31"),
    "December 2019": ("2019-12-01", "2019-12-31"),
    "13/04/2020": ("2020-04-13", "2020-04-13"),
    "04/13/2020": ("2020-04-13", "2020-04-13"),
    "03.04.2020": ("2020-04-03", "2020-04-03"),
    "early January 2020": ("2020-01-01", "2020-01-10"),
    "mid-January 2020": ("2020-01-11", "2020-01-20"),
    "late Feb 2020": ("2020-02-21", "2020-02-29"),
    "أوائل كانون الثاني 2020": ("2020-01-01", "2020-01-10"),
    "3 كانون الثاني/يناير 2020": ("2020-01-03", "2020-01-03"),
    "تشرين الأول 2019": ("2019-10-01", "2019-10-31"),
    "كانون الأول 2019": ("2019-12-01", "2019-12-31"),
    "تشرين الثاني ٢٠١٩": ("2019-11-01", "2019-11-30"),
    "3 شباط 2020": ("2020-02-03", "2020-02-03"),
    "3 آذار 2020": ("2020-03-03", "2020-03-03"),
    "3 نيسان 2020": ("2020-04-03", "2020-04-03"),
    "3 أيار 2020": ("2020-05-03", "2020-05-03"),
    "3 حزيران 2020": ("2020-06-03", "2020-06-03"),
    "3 تموز 2020": ("2020-07-03", "2020-07-03"),
    "3 آب 2020": ("2020-08-03", "2020-08-03"),
    "3 أيلول 2020": ("2020-09-03", "2020-09-03"),
    "3 جانفي 2020": ("2020-01-03", "2020-01-03"),
    "۱۳ دی ۱۳۹۸": ("2020-01-03", "2020-01-03"),
    "۹ آذر ۱۳۹۸": ("2019-11-30", "2019-11-30"),
    "1398/10/13": ("2020-01-03", "2020-01-03"),
    "دی ۱۳۹۸": ("2019-12-22", "2020-01-20"),
    "03 ژانویه 2020": ("2020-01-03", "2020-01-03"),
    "3 کانوونی دووەم 2020": ("2020-01-03", "2020-01-03"),
}


@pytest.mark.parametrize(("written", "expected"), MOMENTS.items(), ids=MOMENTS)
def test_a_moment_is_read(written: str, expected: str) -> None:
    read = read_time(written, PLAIN)

    assert read.start == datetime.fromisoformat(f"{expected}+00:00")
    assert read.end is None


@pytest.mark.parametrize(("written", "days"), INTERVALS.items(), ids=INTERVALS)
def test_what_is_less_exact_is_an_interval(written: str, days: tuple[str, str]) -> None:
    read = read_time(written, PLAIN)

    assert read.start == datetime.fromisoformat(f"{days[0]}T00:00:00+00:00")
    assert read.end == datetime.fromisoformat(f"{days[1]}T23:59:59+00:00")


UNREADABLE = {
    "soon": "is no date with a month and year",
    "3 Jan": "has no year",
    "Feb 30 2020": "day is out of range",
    "30 Esfand 1400": "no day of the Solar Hijri calendar",
    "03/04/2020": "may be two dates: set date_order to dmy or mdy",
    "3 January or February 2020": "is no month",
    "3 Jan/Feb 2020": "names two months",
    "10:00": "is no date with a month and year",
    "Jan 2020 10:00": "has a time and no day",
    "3 Jan 2020 25:00": "is no time of the day",
    "3 Jan 2020 10:00 +9900": "is no offset of a time zone",
    "3 Jan 2020 10:00 XYZT": "is no month, weekday or time zone",
    "1 2 3 Jan 2020": "has too many numbers",
    "2020-13-01": "month must be in 1..12",
    "9999-12-31": "outside the years 1 to 9999",
    "": "is no date",
    "x" * (LONGEST_DATE + 1): "is longer than a date",
}


@pytest.mark.parametrize(("written", "reason"), UNREADABLE.items(), ids=range(len(UNREADABLE)))
def test_what_is_no_date_is_refused_with_the_reason(written: str, reason: str) -> None:
    with pytest.raises(UnreadableTime) as caught:
        read_time(written, PLAIN)

    assert reason in str(caught.value)


@pytest.mark.parametrize("written", [None, True, [], {}, 0, -1, 5.5, float("nan"), 10**30, b"2020"])
def test_other_values_are_refused(written: object) -> None:
    with pytest.raises(UnreadableTime):
        read_time(written, PLAIN)


def test_a_source_decides_what_a_date_leaves_open() -> None:
    day = read_time("03/04/2020", DateReading(order="dmy"))
    american = read_time("03/04/2020", DateReading(order="mdy"))
    local = read_time("2020-01-03 10:00", BAGHDAD)
    local_day = read_time("3 Jan 2020", BAGHDAD)

    assert (day.start.month, american.start.month) == (4, 3)
    assert local.start == datetime(2020, 1, 3, 7, tzinfo=UTC)
    assert local_day.start == datetime(2020, 1, 2, 21, tzinfo=UTC)
    assert read_time("2020-01-03 10:00 GMT", BAGHDAD).start.hour == 10


@given(st.text(max_size=2 * LONGEST_DATE))
def test_no_text_raises_anything_else(written: str) -> None:
    with suppress(UnreadableTime):
        read_time(written, BAGHDAD)


PIECES = st.sampled_from(
    [*"0123456789", *" ,:/-+.()", "jan", "كانون الثاني", "دی", "gmt", "pm", "early", "2020", "1398"]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_nothing_that_is_nearly_a_date_raises_anything_else(written: str) -> None:
    with suppress(UnreadableTime):
        read = read_time(written, BAGHDAD)
        assert read.start.tzinfo is UTC
        assert read.end is None or read.end > read.start


@given(st.integers() | st.floats())
def test_no_number_raises_anything_else(written: float) -> None:
    with suppress(UnreadableTime):
        read_time(written, PLAIN)


@given(st.integers(10**8, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_what_the_standard_library_writes_is_read_back(moment: datetime) -> None:
    assert read_time(moment.strftime("%a, %d %b %Y %H:%M:%S +0000"), PLAIN).start == moment
    assert read_time(moment.isoformat(), PLAIN).start == moment


def test_each_day_of_the_solar_calendar_follows_the_one_before() -> None:
    days = [
        to_gregorian(year, month, day)
        for year in range(1390, 1410)
        for month in range(1, 13)
        for day in range(1, count_days(year, month) + 1)
    ]

    assert days[0].isoformat() == "2011-03-21"
    assert all(after - before == timedelta(days=1) for before, after in pairwise(days))
