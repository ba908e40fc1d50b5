"""Whom Arabic words refer to: *الحركة*, *الرجل*, *مكتبه*."""

from services.matcher.domain.languages.references import References, phrases
from services.matcher.domain.languages.writing import word_set

_NOUNS = (
    "الحركه الجماعه المنظمه الكتايب الفصيل الميليشيا المليشيا التنظيم التيار الرجل الزعيم القيادي "
    "زعيمها قايدها امينها متحدثها مكتبه مكتبها"
)

REFERENCES = References(
    to_one=phrases(" ".join(f"{word} و{word} ف{word}" for word in _NOUNS.split())) | phrases("وهو"),
    others=word_set("الاسلاميه الارهابيه المسلحه الصدري السلام الذي التي"),
)
