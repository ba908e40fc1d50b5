"""The errors of pydantic in plain words."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.error_messages import describe_error
from services.validation_errors import describe_with_hint, list_errors


class Form(BaseModel):
    """A field of each kind."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1, max_length=3)] = "x"
    code: Annotated[str, Field(min_length=2)] = "xx"
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_\-]*$")] = "x"
    word: Annotated[str, Field(pattern="^a+$")] = "a"
    language: Annotated[str, Field(pattern="^[a-z]{2,3}$")] = "ar"
    whole: Annotated[int, Field(gt=0)] = 1
    real: Annotated[float, Field(ge=-90, le=0.5, allow_inf_nan=False)] = 0.0
    few: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("x",)
    either: Literal["a", "b"] = "a"
    flag: bool = False


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": ({"txet": 1}, "there is no such key"),
    "no text": ({"text": 5}, "must be a text"),
    "an empty text": ({"text": ""}, "must not be empty"),
    "a short text": ({"code": "x"}, "must have 2 characters at least"),
    "a long text": ({"text": "long"}, "must have 3 characters at most"),
    "no name": (
        {"name": "A b"},
        "must be of a-z, 0-9, _ and -, and begin with a letter or a digit",
    ),
    "a language": ({"language": "arabic"}, "must be the code of a language, such as ar"),
    "another pattern": ({"word": "b"}, "must match ^a+$"),
    "no whole number": ({"whole": "many"}, "must be a whole number"),
    "a fraction": ({"whole": 1.5}, "must be a whole number"),
    "not above": ({"whole": 0}, "must be above 0"),
    "too small": ({"real": -91}, "must be at least -90"),
    "too large": ({"real": 1}, "must be at most 0.5"),
    "endless": ({"real": float("inf")}, "must be a finite number"),
    "no number": ({"real": "x"}, "must be a number"),
    "no list": ({"few": "x"}, "must be a list"),
    "an empty list": ({"few": []}, "must not be empty"),
    "a long list": ({"few": ["x", "x", "x"]}, "must have 2 items at most"),
    "none of them": ({"either": "c"}, "must be 'a' or 'b'"),
    "neither": ({"flag": "maybe"}, "must be true or false"),
}


@pytest.mark.parametrize(("written", "message"), CASES.values(), ids=CASES)
def test_an_error_says_what_the_value_must_be(written: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate(written)

    assert describe_error(caught.value.errors()[0]) == message


def test_an_unknown_key_comes_with_the_one_that_is_like_it() -> None:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate({"txet": 1})

    hinted = describe_with_hint(caught.value.errors()[0], Form.model_fields)

    assert hinted == "there is no such key (did you mean text?)"


@pytest.mark.parametrize("letter", ["\u00a0", "\u200f", "\ufeff"])
def test_a_key_with_a_letter_that_nobody_sees_is_told_which(letter: str) -> None:
    class Rule(BaseModel):
        model_config = ConfigDict(extra="forbid")

    written = {f"{letter}level": "low"}
    with pytest.raises(ValidationError) as raised:
        Rule.model_validate(written)

    (error,) = list_errors(raised.value, written, {"level"})
    assert error.hint == f"delete the U+{ord(letter):04X} in it, which nobody sees"
