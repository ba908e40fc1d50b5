"""Persian as it is written: Arabic letters and four of its own, and words that tell it."""

import re

from services.matcher.domain.languages.writing import Writing

WRITING = Writing(
    # as in Arabic: a word with a letter of its own counts for both, so that one name decides less
    letters=re.compile("[ء-ي]"),
    alphabet="پچژگکی۰۱۲۳۴۵۶۷۸۹",
    sentence_ends="؟",
    commas="،",
    stops="؛",
    guest_of="ar",
    tells=re.compile(
        "(?:از|در|كه|را|است|نيز|بود|اند|شدند|كردند|كرده|خواهد|خواهند|همچنين|درباره|كنند|كند|دادند|دهد|دهند"
        "|شوند|شود|خود|خويش|خودش|خواست|بايد|هستند|يك|سال|روز|ن(?:كرد|كردند|كنند|كند|دارد|شد|شده|داد|يست)"
        "|داده|داده.?اند|رييسجمهور|.{3,}هاي(?:ش|شان)?|ن?مي(?:كن|شو|ده|گو|خواه|توان|رس|دار|بر|گير|زن|مان|رو).*"
        "|.*[پچژگ].*)$"
    ),
    common_words=(
        "و در به از كه اين را با است براي ان يك خود تا شد بر هم نيز كرد وي شده ما اما يا بايد هر "
        "ايران انها مي بود دو ديگر هاي گفت روز سال كشور پس رييس دولت مردم جمهوري نيروهاي عراق "
        "امريكا حمله گروه پايگاه نظامي وزير سخنگوي اعلام كردند بين پيش اگر همه سپاه"
    ),
)
