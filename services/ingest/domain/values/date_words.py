"""The words of dates: months, zones, parts of a day and of a month, and what means nothing."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import decimal, normalize

from services.ingest.domain.values.tables import read_table, split_names

_LETTERS = str.maketrans("یىکأإآٱةە", "ييكااااهه", "\u200c\u0640") | {0x131: "i"}
_MARKS = re.compile("[\u0300-\u036f\u064b-\u0655\u0670]")


class Month(NamedTuple):
    """A month of the Gregorian or the Solar Hijri calendar."""

    number: int
    is_solar: bool


def fold_date(written: str) -> str:
    """Lower case, plain digits, each letter in one form; as long as the text at most."""
    folded = normalize("NFKC", written).translate(_LETTERS).lower()
    folded = _MARKS.sub("", normalize("NFD", folded))
    return "".join(_digit(character) for character in folded)


def _digit(character: str) -> str:
    if character.isascii():
        return character
    value = decimal(character, None)
    return character if value is None else str(value)


def _list_months() -> Iterator[tuple[str, Month]]:
    for number, calendar, names in read_table("months"):
        for name in split_names(names):
            yield fold_date(name), Month(int(number), calendar == "s")


def _list_zones() -> Iterator[tuple[str, int]]:
    for minutes, names in read_table("zones"):
        yield from ((name, int(minutes)) for name in split_names(names))


def _folded(words: str) -> frozenset[str]:
    return frozenset(map(fold_date, words.split()))


MONTHS = dict(_list_months())
ZONES = dict(_list_zones())
"""Minutes east of UTC."""
MORNING = _folded("am a.m a.m. ص صباحا صباحًا ق.ظ")
EVENING = _folded("pm p.m p.m. م مساء مساءً ب.ظ")
EARLY = _folded("early beginning start أوائل اوائل مطلع بداية اوایل ابتدای")
MIDDLE = _folded("mid middle منتصف أواسط اواسط میانه نیمه")
LATE = _folded("late end أواخر اواخر نهاية اواخر پایان")
FILLERS = _folded(
    "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday"
    " sunday at on of the in and date published updated t"
    " الاثنين الإثنين الثلاثاء الأربعاء الاربعاء الخميس الجمعة السبت الأحد الاحد يوم في من عام سنة"
    " شهر الساعة ميلادي ميلادية شنبه یکشنبه دوشنبه سه‌شنبه چهارشنبه پنجشنبه پنج‌شنبه جمعه ساعت در"
    " سال ماه سه پنج چهار یک دو"
    " lundi mardi mercredi jeudi vendredi samedi dimanche le à lunes martes miércoles jueves"
    " viernes sábado domingo el de del a las pazartesi sali çarşamba perşembe cuma cumartesi pazar"
    " günü saat duşem sêşem çarşem pêncşem în şemî yekşem"
)
