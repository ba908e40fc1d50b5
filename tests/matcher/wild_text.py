"""Texts as hypothesis makes them up: words of rules and lists among anything at all."""

from hypothesis import strategies as st

_PIECES = (
    *("a", "b", "bc", "Saraya", "al-", "Husayn", "Brigade", "Front", "of the", "calling itself"),
    *("Kata'ib", "Hezbollah", "’s", "'s", "'", "“", "”", '"', ".", "!", "…", "؟", "۔", "\n", "\t"),
    *("سرايا", "الإمام", "لواء", "ـ", "ً", "اسم", "U.S.", "3.5", " ", "  ", "-", "\u200b", "İ", "ß"),
    *("ﷺ", "ﬁ", "𝒜", "é", "é", "\u2028", "named", "League", "«", "»", "The", "تطلق على نفسها"),
)
TEXTS = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=24).map("".join),
    st.lists(st.sampled_from(_PIECES), max_size=24).map(" ".join),
    st.text(max_size=40),
    st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=3)), max_size=24).map("".join),
)
"""Any text, most often one that is all edges."""
