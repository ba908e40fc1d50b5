"""The reference of modifiers: a page with what each means, beside what, and a runnable rule."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType

from services.matcher.domain.detection.modifiers import list_companions

HEAD = """# Modifiers

What stands behind a field: `words|phrase: march*`. For each modifier a rule with cases that pass,
of the pack `cli/rule_modifiers`, whose lists and places they name:

- `%groups%` has the members *Reds* (also *Red Front*) and *Blues*;
- `%move%` has the words *move* and *march*;
- `%camps%` is one site, *Camp North*, at 33.5 N, 44.2 E.

Without a modifier a value is the whole field, in whatever letters; `*` and `?` stand for any text
and any letter. Of several values one is enough, unless `all` stands there. A field that is absent
matches nothing. This page is made of the same files by `make generate`, and a test runs their
cases.
"""
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "contains": "The value is anywhere in the field, in words too: `ship` is in *friendship*.",
        "startswith": "The field begins with the value.",
        "endswith": "The field ends with the value.",
        "all": "Every value has to match, not one of them.",
        "cased": "Capitals count.",
        "exists": "`true`: the event has the field; `false`: it has not.",
        "neq": "Not that value. An event without the field does not match.",
        "cidr": "An address in that network, of IPv4 or IPv6.",
        "re": "A regular expression of RE2, which takes linear time; capitals count.",
        "i": "Behind `re`: capitals do not count. `ignorecase` is the same.",
        "m": "Behind `re`: `^` and `$` are the ends of lines. `multiline` is the same.",
        "s": "Behind `re`: a dot stands for line ends too. `dotall` is the same.",
        "gt": "A number above it.",
        "gte": "That number or above.",
        "lt": "A number below it.",
        "lte": "That number or below.",
        "minute": "The minute of a time, 0 to 59, in UTC.",
        "hour": "The hour of a time, 0 to 23, in UTC; `gte` and the like may follow.",
        "day": "The day of the month, 1 to 31.",
        "week": "The week of the year as ISO 8601 counts, 1 to 53.",
        "month": "The month, 1 to 12.",
        "year": "The year.",
        "phrase": (
            "Whole words in order, whatever their capitals, marks and Arabic letter forms; `word*` "
            "inflects; `~2` at the end lets two other words stand between. See "
            "[word lists](word-lists.md)."
        ),
        "near": "All of the phrases in one sentence, in whatever order.",
        "expand": "The values of a [list](names.md) of the pack, written `%name%`.",
        "within_km": "On the field `geo`: at most so far from a site, or from one of a list.",
        "says": "All parts in one sentence, asserted: who does what to whom ([more](says.md)).",
        "any": "Behind `says` or `means`: what is denied, supposed or long past counts too.",
        "means": (
            "The [second reader](reader.md) suspects it; in a case `suspected` says that it does. "
            "It always stands beside words or a field."
        ),
    }
)
ALIASES: Mapping[str, str] = MappingProxyType({"ignorecase": "i", "multiline": "m", "dotall": "s"})


def write_reference() -> str:
    """The page, in Markdown."""
    return "\n".join([HEAD, *(line for name in MEANINGS for line in _write_section(name))])


def read_example(name: str) -> str:
    """The rule with that modifier."""
    file = files("cli.rule_modifiers") / "indicators" / f"{name}.yaml"
    return file.read_text(encoding="utf-8")


def _write_section(name: str) -> Iterator[str]:
    yield f"## {name}\n"
    companions = list_companions(name)
    if companions:
        yield f"{MEANINGS[name]} Beside it may stand {_join(companions)}.\n"
    else:
        yield f"{MEANINGS[name]}\n"
    yield f"```yaml\n{read_example(name).rstrip()}\n```\n"


def _join(names: tuple[str, ...]) -> str:
    marked = [f"`{name}`" for name in names]
    return ", ".join(marked[:-1]) + f" and {marked[-1]}" if len(marked) > 1 else marked[0]
