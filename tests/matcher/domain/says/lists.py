"""The word lists and members of the tests of `says`."""

from tests.matcher.saying import FakeLists

PARENTS = {"hamidawi": "kh", "sadr": "sadrists", "ameri": "badr"}
_GROUPS = ("kh", "hamidawi", "badr", "ameri", "aah", "sadrists", "sadr")
LISTS = FakeLists(
    words={
        "order": (
            *("order", "orders", "ordered", "ordering", "told", "tells", "asked", "called on"),
            *("أمر", "أمرت", "وأمرت", "دعا", "ودعا", "تدعو", "يدعو", "وجه", "إصدار"),
        ),
        "attack": (
            *("attack", "attacks", "attacked", "attacking", "struck", "hit", "fired on", "bombed"),
            *("استهدف", "استهدفت", "تستهدف", "هاجمت", "قصفت", "وقصفت", "استهداف", "هجوم"),
        ),
        "kidnap": (
            *("kidnap", "kidnapped", "kidnapping", "abducted", "seized", "hostage", "held"),
            *("خطف", "خطفت", "اختطاف", "لاختطاف", "للخطف", "رهينة"),
        ),
        "appoint": (
            *("name", "names", "named", "appointed", "appointment", "choose"),
            *("تعيين", "عين", "عينت", "بتعيين"),
        ),
        "boycott": ("boycott", "boycotts", "boycotted", "boycotting", "مقاطعة", "تقاطع"),
        "warn": ("warn", "warned", "warns", "vowed", "said"),
        "leave": ("leave", "left", "withdraw", "الانسحاب", "انسحاب"),
        "restraint": ("hold their fire", "restraint", "not to attack", "التهدئة", "ضبط النفس"),
        "vessel": ("ship", "tanker", "vessel", "سفينة"),
        "us_person": (
            *("American", "Americans", "American contractor", "US soldier", "US soldiers"),
            *("مواطن أمريكي", "مواطنا أمريكيا", "جندي أمريكي"),
        ),
        "chief": ("chief", "leader", "قائد", "قائدا"),
        "fighter": (
            "fighters",
            "men",
            "brigades",
            "units",
            "مقاتليه",
            "مقاتلي",
            "عناصرها",
            "عناصر",
        ),
        "deadline": ("deadline", "two weeks", "مهلة"),
        "civil": ("civil service", "university"),
        "own": ("his", "its", "their", "own"),
        "other_actor": (
            *("UN", "UN envoy", "minister", "interior minister", "prime minister", "president"),
            *(
                "police",
                "cleric",
                "government",
                "army",
                "وزير",
                "رئيس الوزراء",
                "وزير الداخلية",
                "الجيش",
                "الحكومة",
            ),
        ),
        "denied": (
            *("not", "no", "never", "without", "denied", "denies", "لم", "نفت", "عدم"),
            "اعتذرت بدر عن",
        ),
        "denied_after": ("was false", "unfounded", "عار عن الصحة"),
        "supposed_after": (
            *(
                "analysts said",
                "according to rumours",
                "a report that proved false",
                "it is thought",
            ),
            *("بحسب محللين", "يرى مراقبون", "إن صحت الشائعات", "وهو ما نفته السفارة"),
        ),
        "unreal": (
            *(
                "in a film",
                "in the new film",
                "in a drill",
                "as part of an exercise",
                "a fake letter",
            ),
            *("في فيلم", "خلال تمرين", "منشور مزيف"),
        ),
        "no_cue": ("not only", "no fewer than"),
        "supposed": ("if", "whether", "may", "might", "could", "film", "إذا"),
        "past": ("years ago", "anniversary", "in 2007", "قبل سنوات", "ذكرى"),
        "clause_break": ("but", "although", "while", "لكن"),
    },
    names={
        "kh": ("Kata'ib Hezbollah", "KH", "كتائب حزب الله"),
        "hamidawi": ("Abu Hussein al-Hamidawi", "Hamidawi", "الحميداوي"),
        "badr": ("Badr", "Badr Organization", "بدر", "منظمة بدر"),
        "ameri": ("Hadi al-Ameri", "Ameri"),
        "aah": ("Asa'ib Ahl al-Haq", "AAH", "العصائب"),
        "sadrists": ("Sadrist movement", "التيار الصدري"),
        "sadr": ("Moqtada al-Sadr", "Sadr", "مقتدى الصدر", "الصدر"),
        "us": ("US forces", "US army", "Washington", "القوات الأمريكية"),
    },
    members={
        "groups": {member: PARENTS.get(member, member) for member in _GROUPS},
        "us_forces": {"us": "us"},
    },
)
