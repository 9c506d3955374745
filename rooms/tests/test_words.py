"""Words as they are compared, as a function: what holds for every character that there is."""

import sys
import unicodedata
from functools import cache

import pytest

from rooms.models.message import BODY_LIMIT
from rooms.words import indexed, normalised, phrase_in, places


@cache
def every() -> list[str]:
    """Every character that there is."""
    return [
        one for one in map(chr, range(sys.maxunicode)) if unicodedata.category(one) not in ("Cn", "Co", "Cs")
    ]


def letters() -> list[str]:
    return [one for one in every() if unicodedata.category(one) in ("Lu", "Ll", "Lt", "Lo")]


def test_what_is_normalised_stays_as_it_is():
    once = [normalised(character) for character in every()]

    assert [normalised(text) for text in once] == once


def test_case_makes_no_difference():
    """But for the iota below a Greek letter, which becomes a letter of its own."""
    simple = [one for one in letters() if "\u0345" not in unicodedata.normalize("NFD", one)]

    assert not [
        one for one in simple if len({normalised(text) for text in (one, one.upper(), one.lower())}) > 1
    ]


def test_every_letter_that_is_seen_is_in_the_index():
    """What is a space with a mark above it is no letter."""
    fillers = {"\u115f", "\u1160", "\u3164", "\uffa0"}
    seen = [
        one for one in letters() if one not in fillers and unicodedata.normalize("NFKD", one)[0] not in " ـ"
    ]

    assert not [one for one in seen if not indexed(one)]


def test_no_word_has_what_means_something_to_a_database():
    words = {word for one in every() for word in indexed(one).split(" ")}

    assert not [word for word in words if set(word) & set(" \t\n'\"\\&|!<>():*^-+,{}\0")]


@pytest.mark.parametrize("text", ["a1b2 snake_case, v1.2.3", "x" * 1000, "7" * 1000, "3rd 2nd; H2O", ""])
def test_ascii_is_parted_as_everything_else_is(text):
    assert f"{indexed(text)} e".strip() == indexed(f"{text} é")


@pytest.mark.parametrize("sign", ["\ufdfa", "a", "字", "🎉", "1", "é", "a "])
def test_a_long_text_has_no_more_words_than_postgresql_counts(sign):
    words = indexed(sign * (BODY_LIMIT // len(sign))).split()

    assert len(words) < 2**14
    assert max(len(word.encode()) for word in words) < 2046


@pytest.mark.parametrize("text", ["e\u0301te\u0301 ガラス ｶﾞﾗｽ", "각가", "نص مُحَمَّد", "👩\u200d💻 ok", "ﬁx ﷺ"])
def test_what_is_marked_is_what_was_found(text):
    for word in text.split():
        phrase = phrase_in(word)
        assert phrase is not None
        assert word in [text[start:end] for start, end in places(text, [phrase])]
