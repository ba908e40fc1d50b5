import iso3166
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.values.countries import find_country, find_fips_country
from services.ingest.domain.values.event_codes import find_acled_type, find_cameo_type
from services.ingest.domain.values.tables import read_table

COUNTRIES = {
    "Iraq": "IQ",
    "IRQ": "IQ",
    "iq": "IQ",
    "368": "IQ",
    "العراق": "IQ",
    "Turkey": "TR",
    "Türkiye": "TR",
    "Turkiye": "TR",
    "Iran": "IR",
    "Iran (Islamic Republic of)": "IR",
    "Iran, Islamic Republic of": "IR",
    "ایران": "IR",
    "إيران": "IR",
    "Syria": "SY",
    "Syrian Arab Republic": "SY",
    "U.S.": "US",
    "the United States of America": "US",
    "Britain": "GB",
    "Russia": "RU",
    "South Korea": "KR",
    "Korea, Republic of": "KR",
    "Côte d'Ivoire": "CI",
    "Ivory Coast": "CI",
    "Niger": "NE",
    "Nigeria": "NG",
    "Palestine": "PS",
    "DR Congo": "CD",
    "Democratic Republic of Congo": "CD",
}


@pytest.mark.parametrize(("name", "code"), COUNTRIES.items())
def test_a_country_is_found_by_name_and_code(name: str, code: str) -> None:
    assert find_country(name) == code


def test_every_country_of_the_standard_is_found_by_its_own_name_and_codes() -> None:
    for country in iso3166.countries:
        for written in (country.name, country.alpha2, country.alpha3, country.numeric):
            assert find_country(written) == country.alpha2, written
    assert find_country(368) == "IQ"


@pytest.mark.parametrize(
    "name", ["Nowhere", "IZ", "", "Congo (either)", None, True, 3.5, "x" * 999]
)
def test_what_is_no_country_or_two_is_none(name: object) -> None:
    assert find_country(name) is None


@pytest.mark.parametrize(
    ("fips", "code"), [("IZ", "IQ"), ("iz ", "IQ"), ("IS", "IL"), ("TU", "TR"), ("GZ", "PS")]
)
def test_gdelts_countries_are_those_of_fips(fips: str, code: str) -> None:
    assert find_fips_country(fips) == code


def test_no_fips_code_is_guessed() -> None:
    assert find_fips_country("IQ") is None
    assert find_fips_country(None) is None


@pytest.mark.parametrize(
    ("code", "type_"),
    [
        ("010", "statement"),
        ("042", "consult"),
        ("051", "endorse"),
        ("057", "agree"),
        ("1031", "demand"),
        ("138", "threaten"),
        ("1412", "protest"),
        ("154", "mobilize"),
        ("173", "arrest"),
        ("181", "kidnap"),
        ("1823", "assault"),
        ("0874", "relocate"),
        ("18", "assault"),
    ],
)
def test_a_cameo_code_has_a_type(code: str, type_: str) -> None:
    assert find_cameo_type(code) == type_


def test_every_root_of_cameo_has_a_type() -> None:
    assert all(find_cameo_type(f"{root:02}") for root in range(1, 21))
    assert all(find_cameo_type(code) for code, _, _ in read_table("cameo"))


@pytest.mark.parametrize("code", ["1", "99", "", "18x", "18231", "٢٠", None, 18])
def test_what_is_no_cameo_code_has_none(code: object) -> None:
    assert find_cameo_type(code) is None


def test_acleds_sub_event_decides_before_its_event() -> None:
    assert find_acled_type("Suicide bomb", "Explosions/Remote violence") == "assault"
    assert find_acled_type("Abduction/forced disappearance") == "kidnap"
    assert find_acled_type("Excessive force against protesters", "Protests") == "assault"
    assert find_acled_type("a new one", "Protests") == "protest"
    assert find_acled_type("a new one", None) is None


@given(st.text() | st.integers() | st.none())
def test_whatever_is_written_for_a_code_raises_nothing(written: object) -> None:
    find_country(written)
    find_fips_country(written)
    find_cameo_type(written)
    find_acled_type(written)
