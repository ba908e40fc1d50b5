"""Whom Arabic words refer to: *الحركة*, *مكتبه*, *المتحدث باسمها*."""

from services.matcher.domain.languages.references import References, phrases
from services.matcher.domain.languages.writing import word_set

_NOUNS = (
    "الحركه الجماعه المنظمه الكتايب الفصيل الميليشيا المليشيا التنظيم التيار الرجل الزعيم القيادي "
    "زعيمها قايدها امينها متحدثها مكتبه مكتبها ناطقها "
    "قيادتها مقاتلوها مسلحوها وفدها وفده طايرته موكبه"
)
_SPEAKERS = "المتحدث متحدث الناطق ناطق"

REFERENCES = References(
    to_one=phrases(" ".join(f"{word} و{word} ف{word}" for word in _NOUNS.split()))
    | phrases("وهو")
    | phrases(_SPEAKERS, "باسمها باسمه")
    | phrases("مجلس", "شوراها شوراه"),
    others=word_set("الاسلاميه الارهابيه المسلحه الصدري السلام الذي التي"),
)
