"""Words with a meaning for stories, of every language that is read; folded as those of leads."""

_COMMON = """
a an the of in on at to by for from and or but as is are was were be been it its he his she her
they their them that this which who whom with after when while had has have said says not no some
also told about into over near than then there where whose if so i we you up out off during before
between against more most other today yesterday
في من الي علي عن ان التي الذي هو هي ما مع بعد قبل كان كانت قد لم ولم ثم او و انه انها هذا هذه ذلك
اثر خلال بحسب قال قالت وقال وقالت اعلن اعلنت كما لدي بينهم اي يوم اليوم امس
afp ap reuters upi dpa efe tass xinhua anadolu breaking urgent exclusive update
رويترز وكالات وكاله ا ف ب سانا واع عاجل
"""
COMMON_WORDS = frozenset(_COMMON.split())
"""Words that say nothing of an event, names of agencies among them."""

_ENGLISH_NUMBERS = "one two three four five six seven eight nine ten eleven twelve"
_ARABIC_NUMBERS = """
واحد اثنان ثلاثه اربعه خمسه سته سبعه ثمانيه تسعه عشره
واحده اثنين ثلاث اربع خمس ست سبع ثماني تسع عشر
"""
NUMBERS = {
    word: str(number)
    for line in (_ENGLISH_NUMBERS, *_ARABIC_NUMBERS.strip().splitlines())
    for number, word in enumerate(line.split(), 1)
}
"""Numbers in words, and in digits."""

_EXACT = """
monday tuesday wednesday thursday friday saturday sunday niger nigeria
january february march april may june july august september october november december
الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه السبت
"""
EXACT_WORDS = frozenset(_EXACT.split())
"""Words that differ where they differ by a few letters."""

_BEFORE_PLACES = """
in near at outside off around between north south east west city town village province
في قرب بين شمال جنوب شرق غرب منطقه مدينه بلده قريه محافظه قضاء ناحيه حي
"""
BEFORE_PLACES = frozenset(_BEFORE_PLACES.split())
"""Words that the name of a place follows."""
