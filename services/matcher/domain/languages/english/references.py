"""Whom English words refer to: *he*, *the group*, *its leader*, *the two*."""

from services.matcher.domain.languages.references import References, phrases
from services.matcher.domain.languages.writing import word_set

_BODIES = (
    "group movement militia faction organisation organization party bloc brigade brigades outfit "
    "formation paramilitary cleric leader commander politician sheikh preacher"
)
_KINDS = (
    "- armed populist shia shiite hardline nationalist militant paramilitary firebrand militia same"
)
_OWNED = (
    "office bureau spokesman spokeswoman spokesperson spokesmen leader leadership chief head "
    "secretary commander commanders leaders deputy aide aides representative representatives "
    "lieutenants men fighters forces followers supporters movement militia group statement"
)

REFERENCES = References(
    to_one=phrases("he she they")
    | phrases("the", _KINDS, _BODIES)
    | phrases("his her its their", _OWNED),
    to_two=phrases("the", "two pair") | phrases("both", "men sides groups factions leaders"),
    pronouns=word_set("he she his her its"),
    others=word_set("of led headed known called loyal close linked named whose which that calling"),
    beside=word_set("in for by"),
)
