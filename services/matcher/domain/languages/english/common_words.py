"""The words that English reports are full of, the commonest first, as the fold leaves them."""

COMMON_WORDS = (
    "the of and to in a is for that on with was as by it at from be are he this have an has his "
    "not said were or but they which their will had who been its also more after about her would "
    "we one when all there people if two other new up over out no can she some so than into what "
    "last first time year years could i you them government state president may before during "
    "between most against while these our other only under where since many any such now country "
    "including because police military minister national security officials state states united "
    "three told group according forces attack killed through then made my should international "
    "world political public news do did does like being us support party both week day month "
    "early late off just how even those back still same another down city area several member "
    "members leader leaders part war say says north south east west foreign report reports "
    "reported statement army power around use used made make take took help four five six seven "
    "million thousand hundred percent monday tuesday wednesday thursday friday saturday sunday "
    "january february march april may june july august september october november december home "
    "man men women children local region capital official authorities troops soldiers fighters "
    "militia group groups fire force call called calls man much must him your"
)
