"""Arabic names of organisations: a head noun without article, and what defines it."""

from services.matcher.domain.languages.arabic.letters import folded
from services.matcher.domain.languages.naming import Claims, Naming


def _set(words: str) -> frozenset[str]:
    return frozenset(map(folded, words.split()))


_TRANSLITERATED = (
    *("saraya", "liwa", "harakat", "haraka", "kata'ib", "kata'eb", "katibat", "katiba", "jaysh"),
    *("jaish", "asa'ib", "asa'eb", "usbat", "usba", "ansar", "jund", "jabhat", "hizb", "hezb"),
    *("fawj", "afwaj", "faylaq", "failaq", "tayyar", "rabitat", "lashkar", "harkat", "tehrik"),
    *("tanzim", "tanzeem", "jama'at", "khata'ib"),
)
_SCRIPT = (
    *("سرايا", "سرية", "حركة", "لواء", "ألوية", "كتائب", "كتيبة", "جبهة", "عصائب", "عصبة"),
    *("فيلق", "فوج", "أفواج", "حزب", "تيار", "تحالف", "رابطة", "جند", "منظمة"),
)
_SMALL = frozenset(("al", "el", "ul", "e", "i", "wa", "bin", "ibn"))

NAMING = Naming(
    leading_heads=(*_TRANSLITERATED, *_SCRIPT),
    within=_SMALL | {"abu", "ad", "as", "ash", "an", "ar", "at", "az"},
    small=_SMALL,
    definite=("ال", "لل"),
    stops=_set(
        "في من على إلى الى عن مع أن ان إن التي الذي الذين هذه هذا ذلك تلك وقد قد لم لن "
        "لا ما كما بعد قبل خلال بين ضد حول عند منذ حتى اليوم أمس غدا الجمعة السبت الأحد "
        "الاثنين الثلاثاء الأربعاء الخميس تتبنى تبنت يتبنى تبنى تعلن أعلنت يعلن أعلن "
        "تهدد هددت يهدد هدد تتوعد توعدت يتوعد تقول قالت قال يقول تؤكد أكدت نشرت نشر بثت "
        "أصدرت أصدر دعت دعا تدعو نفذت تنفذ استهدفت تستهدف هي هو هم كان كانت مسؤوليتها "
        "مسؤولية الذى التى هناك أي كل أو او ثم لكن"
    ),
    common=_set(
        "السير المرور الملاحة النقل الطيران التجارة البيع الشراء السوق الأسواق القطارات القتال "
        "المعركة الحرب العمل الأمر الدعم الناس السكان المشاة التعليم المواطنين النزوح الاحتجاج "
        "الاحتجاجات"
    ),
    claims=Claims(
        itself=(
            r"(?:[تي]طلق|[أا]طلق(?:ت|وا)?)\s{1,3}عل[ىي]\s{1,3}(?:نفسها|نفسه|[أا]نفسهم)"
            r"|[تي]سم[ىي]\s{1,3}نفس\w{1,3}"
        ),
        given=r"(?:المسماة|المسمى|المسمي|[تي]دعى|باسم)(?!\w)",
        leads=("اسم", "تسمية", "إسم"),
        groups=_set(
            "جماعة مجموعة فصيل تنظيم ميليشيا مليشيا حركة منظمة الجماعة المجموعة الفصيل التنظيم "
            "فصائل جماعات"
        ),
        some=_set("جديدة جديد مجهولة"),
        cues=_set("نفسها نفسه أنفسهم المسماة المسمى تدعى يدعى باسم"),
    ),
)
