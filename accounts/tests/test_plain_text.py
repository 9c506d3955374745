"""Names, topics and titles: nothing in them deceives, and what is cut short is cut between what is seen."""

import pytest

from accounts.plain_text import clean_line, shortened, visible_characters

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("\u202egnp.exe", "gnp.exe"),
        ("a\u2066b\u2069\u200e\u200f\u061cc", "abc"),
        ("a\u200bb\ufeffc\u2060d\u00ade\u034ff", "abcdef"),
        ("\u3164\uffa0\u115f\u1160", ""),
        ("a\x00\x07\x1b\x7f\x9fb", "ab"),
        (" a\u00a0\u3000b\r\n\tc\u2028d\u2800e ", "a b c d e"),
        ("alice\u200d", "alice"),
        ("\u200calice\u200d\u200d", "alice"),
        ("علی\u200c ไทย\u200d", "علی ไทย"),
        ("alice\ufe0f\U000e0101", "alice"),
        ("a\U000e0068\U000e0069", "a"),
        ("\U0001f3f4" + "\U000e0068" * 40, "\U0001f3f4"),
        ("\ud800a\udfffb\ufdd0\uffff", "ab"),
        ("e\u0301", "é"),
    ],
)
def test_what_hides_or_deceives_is_taken_out(typed, seen):
    assert clean_line(typed) == seen


@pytest.mark.parametrize(
    "typed",
    [
        FAMILY, SCOTLAND, "\U0001f3f3\ufe0f\u200d\U0001f308", "❤️\u200d\U0001f525", "1️⃣", "☺︎",
        "\U0001f642\u200d↔️", "\U0001f469\U0001f3fd\u200d\U0001f680", "\U0001f1e9\U0001f1ea",
        "\U0001fae9",  # Newer than the Unicode of Python 3.13.
        "می\u200cخواهم", "ه\u200d", "श्\u200dर", "ශ්\u200dරී", "র\u200d্য", "ᠠ\u180bᠡ", "\u0601١٢",
        "葛\U000e0100", "\ufa19", "각", "ภาษาไทย", "日本語", "\uf8ff",
    ],
)  # fmt: skip
def test_what_a_script_or_an_emoji_needs_stays(typed):
    assert clean_line(f"a {typed} b") == f"a {typed} b"


@pytest.mark.parametrize(
    "sign",
    [
        FAMILY, SCOTLAND, "\U0001f469\U0001f3fd\u200d\U0001f680", "\U0001f1e9\U0001f1ea", "e\u0301\u0323",
        "1️⃣", "क्षि", "श्\u200dर", "นี้", "각", "葛\U000e0100", "ശ്രീ",
    ],
)  # fmt: skip
def test_nothing_is_cut_within_what_is_seen(sign):
    text = sign * 3

    assert list(visible_characters(text)) == [sign] * 3
    for length in range(len(text)):
        assert shortened(text, length, "") == sign * (length // len(sign))


def test_what_is_cut_says_so():
    assert shortened("one two three", 8) == "one two…"
    assert shortened("one two", 7) == "one two"
    assert shortened("e" + "\u0301" * 100, 50) == "e" + "\u0301" * 48 + "…"
