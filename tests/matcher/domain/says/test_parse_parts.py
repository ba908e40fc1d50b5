"""Parts that are none, and how an analyst learns why."""

import pytest

from services.matcher.domain.says.parse_parts import InvalidPart
from tests.matcher.domain.says.lists import LISTS


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (["%groups% >"], "nothing on one side"),
        (["%groups% > !%order%"], "!%order% inside a part"),
        (["%groups% > %order% !%civil%"], "!%civil% inside a part"),
        ([""], "'': nothing to look for"),
        (["%order%", "! "], "'! ': nothing to look for"),
        (["!!%order%"], "more than one !"),
        (["%groups% -> %order%"], "-> is not read"),
        (["%groups% → %order%"], "→ is not read"),
        (["‘%groups% > %order%’"], "‘ is no quote of YAML"),
        (["%order%", "“!%groups%”"], "“ is no quote of YAML"),
        (["%order%", "!“%groups%”"], "“ is no quote of YAML"),
        (["%order% !%groups%"], "!%groups% inside a part"),
        (["%order% < %groups%"], "< is not read"),
        (["%groups% > %us_forces%"], "both sides are lists of members"),
        (["%groups% > %order% > %us_forces% > %vessel%"], "more than two"),
        (["%order% > %vessel% > %us_forces%"], "no list of members"),
        (["!%civil%"], "only what must not be there"),
        (["%order%", "own ~2 %fighter%"], "own belongs to a doer"),
        (["%groups% > %order%", "own ~99 %fighter%"], "at most 50"),
        (["%order%"] * 21, "more than 20 parts"),
        (["x" * 1001], "longer than 1000"),
    ],
)
def test_a_part_that_is_none_is_refused(parts: list[str], message: str) -> None:
    with pytest.raises(InvalidPart, match=message):
        LISTS.parse(*parts)


def test_a_member_counts_as_the_first_list_that_has_it_says() -> None:
    lists = {**LISTS.members, "leaders": {"hamidawi": "hamidawi"}}
    parser = type(LISTS)(LISTS.words, LISTS.names, lists)
    (part,) = parser.parse("%leaders|groups% > %order%").parts
    assert part.doer is not None
    assert part.doer.counted["hamidawi"] == "hamidawi"
