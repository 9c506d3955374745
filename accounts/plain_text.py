"""Text of one line, as people and strangers give it: names, topics, titles. What deceives is taken out of it.

All that is called something goes through `clean_line`, and whatever is cut short through `shortened`.
"""

import re
import unicodedata
from collections.abc import Iterator

# Characters that are marks of format, and are seen nevertheless: the signs of Arabic, Syriac and Kaithi
# numbers, and how Egyptian hieroglyphs are put together.
SEEN_FORMATS = re.compile(
    "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U00013440]"
)
# What is not seen although it is a letter, a mark or nothing at all by its category:
# Default_Ignorable_Code_Point, https://www.unicode.org/reports/tr44/, and the noncharacters.
UNSEEN = re.compile(
    "[\u034f\u2065\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufff0-\ufff8\ufdd0-\ufdef"
    "\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(chr(plane * 0x10000 + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
# An empty cell of braille, which is its space.
BRAILLE_SPACE = "\u2800"

# Characters that have no look of their own and belong to what stands before them, where it is of such a kind.
PICTURES = "\u2190-\u2bff\U0001f000-\U0001fbff"
# Scripts whose letters join, or whose syllables do: Arabic to Sinhala, Tibetan, Myanmar, Khmer, Mongolian,
# and their like.
JOINING = (
    "\u0600-\u0dff\u0f00-\u109f\u1700-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00010fff\U00011000-\U00011fff\U0001e900-\U0001e95f"
)
# What is there in variants: digits of keycaps, signs, Mongolian, ideographs, pictures.
VARIED = "0-9#*\u00a9\u00ae\u1000-\u109f\u1800-\u18af\u2010-\u2027\u2030-\u205f\u2070-\u9fff"
VARIED += "\ua840-\ua87f\uf900-\ufaff\uff00-\uffef\U00010a00-\U00010fff\U0001d100-\U0003ffff"
SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
TAGS = "\U000e0020-\U000e007f"
# The flags of England, Scotland, Wales and the like: https://www.unicode.org/reports/tr51/#flag-emoji-tag-sequences
TAGGED_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
BELONGING = re.compile(f"[\u180e\u200c\u200d{SELECTORS}{TAGS}]")
# Each of those where it does nothing but hide.
LOOSE = re.compile(
    f"({TAGGED_FLAG})|[{TAGS}]"
    f"|(?<![{JOINING}])[\u180e\u200c]|[\u180e\u200c](?![{JOINING}])"
    f"|(?<![{JOINING}{PICTURES}{SELECTORS}{TAGS}])\u200d"
    f"|(?<=[{PICTURES}{SELECTORS}{TAGS}])\u200d(?![{PICTURES}])"
    f"|(?<![{VARIED}])[{SELECTORS}]"
)
# Ideographs that stand for another and are written as they are: https://www.unicode.org/faq/normalization#14
COMPOSED = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")

# Characters of one that is seen: families, and flags with tags, have about a dozen.
LONGEST_SIGN = 32
# The class of the marks that join two consonants of an Indic script to one sign.
VIRAMA = 9
SKIN_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")
# Two of these letters are a flag.
FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")
# The consonants and vowels of Hangul that make one syllable.
JAMO = re.compile(
    "[\u1100-\u115f\ua960-\ua97c][\u1100-\u11a7\uac00-\ud7c6]|[\u1160-\u11a7\uac00-\ud7c6][\u1160-\u11ff]"
)


def clean_line(text: str) -> str:
    """`text` in one line, as it is seen: without controls, directions of writing and what has no width.

    Joiners and the like stay where an emoji or a script needs them. White space is one blank wherever there
    is any, and none at the ends; letters with marks are composed (NFC). To clean twice changes nothing.
    """
    visible = "".join(filter(None, map(_visible, text)))
    kept = LOOSE.sub(lambda found: found[1] or "", visible)
    composed = COMPOSED.sub(lambda found: unicodedata.normalize("NFC", found[0]), kept)
    return " ".join(composed.split())


def _visible(character: str) -> str:
    """What is seen of `character`: itself, a blank, or nothing."""
    if character.isspace() or character == BRAILLE_SPACE:
        return " "
    if BELONGING.match(character):
        return character
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs") and not SEEN_FORMATS.match(character)
    return "" if hidden or UNSEEN.match(character) else character


def says_something(text: str) -> bool:
    """Whether `text` has a letter, a digit or a sign; one that is newer than this Python counts as well."""
    return any(unicodedata.category(character)[0] in "LNPS" or _is_new(character) for character in text)


def _is_new(character: str) -> bool:
    return unicodedata.category(character) in ("Cn", "Co") and not UNSEEN.match(character)


def shortened(text: str, length: int, end: str = "…") -> str:
    """`text`, or its beginning and `end`: `length` characters at most, and none that is seen is cut through.

    What somebody made of more than LONGEST_SIGN characters is cut where it has to be.
    """
    if len(text) <= length:
        return text
    most = length - len(end)
    places = range(most, max(0, most - LONGEST_SIGN), -1)
    place = next((place for place in places if _may_cut(text, place)), max(0, most - LONGEST_SIGN) and most)
    return text[:place].rstrip() + end


def visible_characters(text: str) -> Iterator[str]:
    """What people call characters: https://www.unicode.org/reports/tr29/, as far as is needed."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or _may_cut(text, place):
            yield text[start:place]
            start = place


def _may_cut(text: str, place: int) -> bool:
    """Whether one visible character ends, and another begins, at `place`, which is within `text`."""
    before, after = text[place - 1], text[place]
    if unicodedata.category(after)[0] == "M" or BELONGING.match(after) or SKIN_TONE.match(after):
        return before.isspace()
    if before == "\u200d" or (unicodedata.combining(before) == VIRAMA and after.isalpha()):
        return False
    if FLAG_LETTER.match(before) and FLAG_LETTER.match(after):
        return _letters_before(text, place) % 2 == 0
    return not JAMO.match(before + after)


def _letters_before(text: str, place: int) -> int:
    """How many letters of flags stand before `place` without anything between them."""
    start = place
    while start and FLAG_LETTER.match(text[start - 1]):
        start -= 1
    return place - start
