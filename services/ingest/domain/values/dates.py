"""Dates as feeds, files and people write them → when it was, as exactly as they say."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timezone, tzinfo
from typing import Any, Literal

from services.ingest.domain.values import solar_hijri
from services.ingest.domain.values.date_parts import DateParts, split_date
from services.ingest.domain.values.date_words import Month, fold_date
from services.ingest.domain.values.plain_values import describe
from services.ingest.domain.values.reported_time import (
    ReportedTime,
    add_days,
    make_day,
    make_days,
    make_moment,
)

LONGEST_DATE = 128
LONGEST_ECHO = 40
FIRST_EPOCH, MILLISECONDS, MICROSECONDS = 1e8, 1e11, 1e14
_THIRDS = ((1, 11), (11, 21), (21, 0))
_MONTHS_IN_YEAR = 12
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:?\d\d.*|\d{8}T\d{4,6}.*", re.IGNORECASE)
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_ISO_MONTH = re.compile(r"(\d{4})-(\d\d)")
_YEAR = re.compile(r"\d{4}")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")
_EPOCH = re.compile(r"\d{9,17}(?:\.\d{1,9})?")


class UnreadableTime(ValueError):
    """The date cannot be read; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class DateReading:
    """How dates are read that do not say: their zone, and whether 3/4 is in April or in March."""

    zone: tzinfo = UTC
    order: Literal["dmy", "mdy"] | None = None


def read_time(written: Any, reading: DateReading) -> ReportedTime:
    """The time that is written: a text, seconds or milliseconds since 1970, or a datetime.

    Linear, and bounded: a date has at most 128 characters.

    Raises:
        UnreadableTime: it is no date, or could be two.
    """
    try:
        return _read(written, reading)
    except (ValueError, OverflowError) as error:
        raise UnreadableTime(f"{describe(written)[:LONGEST_ECHO]!r} {error}") from None


def _read(written: Any, reading: DateReading) -> ReportedTime:
    if isinstance(written, datetime):
        return make_moment(written if written.tzinfo else written.replace(tzinfo=reading.zone))
    if isinstance(written, int | float) and not isinstance(written, bool):
        return _read_number(written, reading)
    if not isinstance(written, str):
        raise ValueError("is no date: write a text or a number")  # noqa: TRY004  (one kind of error)
    if len(written) > LONGEST_DATE:
        raise ValueError(f"is longer than a date: at most {LONGEST_DATE} characters")
    folded = " ".join(fold_date(written).split())
    if not folded:
        raise ValueError("is no date")
    return _read_standard(folded, reading) or _read_parts(split_date(folded), reading)


def _read_number(number: float, reading: DateReading) -> ReportedTime:
    if isinstance(number, int) and number < FIRST_EPOCH:
        return _read_standard(str(number), reading) or _refuse_number()
    if number < FIRST_EPOCH or number != number or number > MICROSECONDS * 1e4:  # noqa: PLR0124  (NaN)
        return _refuse_number()
    return _read_epoch(number)


def _refuse_number() -> ReportedTime:
    raise ValueError("is no time since 1970, in seconds or milliseconds")


def _read_epoch(number: float) -> ReportedTime:
    per_second = 1e6 if number >= MICROSECONDS else 1e3 if number >= MILLISECONDS else 1.0
    return make_moment(datetime.fromtimestamp(number / per_second, UTC))


def _read_standard(text: str, reading: DateReading) -> ReportedTime | None:
    """ISO 8601, digits alone, and years; None where it is neither."""
    if _ISO.fullmatch(text) and (moment := _read_iso(text)) is not None:
        return make_moment(moment if moment.tzinfo else moment.replace(tzinfo=reading.zone))
    if found := _ISO_DAY.fullmatch(text):
        return _read_compact(list(map(int, found.groups())), reading)
    if found := _ISO_MONTH.fullmatch(text):
        return _make_interval(_DatedPart(int(found[1]), int(found[2])), reading)
    if _YEAR.fullmatch(text):
        return _make_interval(_DatedPart(int(text)), reading)
    if (found := _COMPACT.fullmatch(text)) and int(found[2]) <= _MONTHS_IN_YEAR:
        return _read_compact([int(part) for part in found.groups() if part], reading)
    return _read_epoch(float(text)) if _EPOCH.fullmatch(text) else None


def _read_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def _read_compact(parts: list[int], reading: DateReading) -> ReportedTime:
    year, month, day, *clock = parts
    if not clock:
        return _make_interval(_DatedPart(year, month, day), reading)
    hour, minute, second, *_ = (*clock, 0)
    return make_moment(datetime(year, month, day, hour, minute, second, tzinfo=reading.zone))


@dataclass(frozen=True, slots=True)
class _DatedPart:
    """A year, a month or a day of one of the two calendars."""

    year: int
    month: int | None = None
    day: int | None = None
    is_solar: bool = False

    def find_first(self) -> date:
        """Its first day in the Gregorian calendar."""
        month, day = self.month or 1, self.day or 1
        if self.is_solar:
            return solar_hijri.to_gregorian(self.year, month, day)
        return date(self.year, month, day)

    def find_after(self) -> date:
        """The day after its last."""
        if self.day is not None:
            return add_days(self.find_first(), 1)
        if self.month is None or self.month == _MONTHS_IN_YEAR:
            return _DatedPart(self.year + 1, is_solar=self.is_solar).find_first()
        return _DatedPart(self.year, self.month + 1, is_solar=self.is_solar).find_first()


def _read_parts(parts: DateParts, reading: DateReading) -> ReportedTime:
    dated = _read_numeric(*parts.numeric, reading) if parts.numeric else _read_named(parts)
    if parts.clock is None:
        return _make_interval(dated, reading, parts.part)
    if dated.day is None:
        raise ValueError("has a time and no day")
    zone = timezone(parts.offset) if parts.offset is not None else reading.zone
    first = dated.find_first()
    midnight = datetime(first.year, first.month, first.day, tzinfo=zone)
    return make_moment(midnight + parts.clock)


def _read_named(parts: DateParts) -> _DatedPart:
    if len(parts.months) != 1:
        raise ValueError("names two months" if parts.months else "is no date with a month and year")
    [month] = parts.months
    year, day = _choose_year(parts.numbers)
    return _DatedPart(_complete_year(year, month), month.number, day, month.is_solar)


def _choose_year(numbers: list[str]) -> tuple[str, int | None]:
    """The year and the day among the numbers: the year has more digits, or is the last."""
    if not numbers:
        raise ValueError("has no year")
    index = next((at for at, number in enumerate(numbers) if len(number) > 2), -1)  # noqa: PLR2004
    if len(numbers) == 1 and index < 0:
        raise ValueError("has no year")
    year = numbers[index]
    days = [number for number in numbers if number is not year]
    if len(days) > 1:
        raise ValueError("has too many numbers")
    return year, int(days[0]) if days else None


def _complete_year(written: str, month: Month) -> int:
    """Of two digits the nearest by RFC 2822, of three those since 1900."""
    year = int(written)
    if month.is_solar:
        return year + 1300 if len(written) == 2 else year  # noqa: PLR2004
    if len(written) <= 2:  # noqa: PLR2004
        return year + (2000 if year < 50 else 1900)  # noqa: PLR2004
    return year + 1900 if len(written) == 3 else year  # noqa: PLR2004


def _read_numeric(text: str, mark: str, reading: DateReading) -> _DatedPart:
    first, second, third = text.split(mark)
    if len(first) == 4:  # noqa: PLR2004
        return _date(first, int(second), int(third))
    if len(first) > 2:  # noqa: PLR2004
        raise ValueError("is no date")
    day, month = _order(int(first), int(second), mark, reading)
    return _date(third, month, day)


def _order(first: int, second: int, mark: str, reading: DateReading) -> tuple[int, int]:
    """The day and the month."""
    order = reading.order or ("dmy" if mark == "." or first == second else None)
    if order is None and (first > _MONTHS_IN_YEAR or second > _MONTHS_IN_YEAR):
        order = "dmy" if first > _MONTHS_IN_YEAR else "mdy"
    if order is None:
        raise ValueError("may be two dates: set date_order to dmy or mdy")
    return (first, second) if order == "dmy" else (second, first)


def _date(year: str, month: int, day: int) -> _DatedPart:
    is_solar = solar_hijri.FIRST_YEAR <= int(year) <= solar_hijri.LAST_YEAR
    return _DatedPart(_complete_year(year, Month(month, is_solar)), month, day, is_solar)


def _make_interval(
    dated: _DatedPart, reading: DateReading, part: int | None = None
) -> ReportedTime:
    if dated.day is not None:
        return make_day(dated.find_first(), reading.zone)
    first, after = dated.find_first(), dated.find_after()
    if part is not None and dated.month is not None:
        begin, end = _THIRDS[part]
        after = add_days(first, end - 1) if end else after
        first = add_days(first, begin - 1)
    return make_days(first, after, reading.zone)
