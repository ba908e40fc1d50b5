"""Names and codes of countries → ISO 3166-1 alpha-2."""

import re
from collections import Counter

import iso3166

from services.ingest.domain.values.date_words import fold_date
from services.ingest.domain.values.tables import read_table, split_names

LONGEST_COUNTRY = 128
_AFTERTHOUGHT = re.compile(r"[,(]")  # as in "Iran, Islamic Republic of"
_NOISE = re.compile(r"[^\w' ]+|\bthe\b", re.IGNORECASE)


def find_country(written: object) -> str | None:
    """The alpha-2 code of a code (alpha-2, alpha-3, numeric) or a name; None where it is none.

    Names are compared whole: nothing is guessed.
    """
    if isinstance(written, int) and not isinstance(written, bool):
        written = f"{written:03}"
    if not isinstance(written, str) or len(written) > LONGEST_COUNTRY:
        return None
    bare = written.strip()
    if bare.upper() in _CODES:
        return _CODES[bare.upper()]
    return _NAMES.get(_fold(bare))


def find_fips_country(code: object) -> str | None:
    """The alpha-2 code of a FIPS 10-4 code, as GDELT has them: `IZ` is Iraq."""
    return _FIPS.get(code.strip().upper()) if isinstance(code, str) else None


def _fold(name: str) -> str:
    return " ".join(_NOISE.sub(" ", fold_date(name)).split())


def _list_iso_names(country: iso3166.Country) -> set[str]:
    names = {country.name, country.apolitical_name}
    plain = {_AFTERTHOUGHT.split(name)[0] for name in names}
    return {_fold(name) for name in names | plain}


_COUNTRIES = tuple(iso3166.countries)
_CODES = {
    code: country.alpha2
    for country in _COUNTRIES
    for code in (country.alpha2, country.alpha3, country.numeric)
}
_COUNTS = Counter(name for country in _COUNTRIES for name in _list_iso_names(country))
"""How many countries a short name may mean: `Congo` is two."""
_NAMES = {
    name: country.alpha2
    for country in _COUNTRIES
    for name in _list_iso_names(country)
    if _COUNTS[name] == 1
} | {_fold(name): code for code, names in read_table("countries") for name in split_names(names)}
_FIPS = {fips: code for fips, code, _ in read_table("fips")}
