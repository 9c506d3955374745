"""Words as they are compared: what was said and what is looked for, made alike by one function.

The index of a search holds what `indexed` makes of a message, and is asked for what `phrase_in` makes of a
question. A database compares the two as they are: it knows no letters, so each finds the same.

A script with spaces has its words in the index, and is found by their beginnings. One without (Chinese,
Japanese, Thai, Lao, Khmer, Burmese), and Korean, whose particles follow without one, has each two signs in
a row as a word, and the last one by itself: 病院は is 病院 院は は. So what stands anywhere in such a run is
found as those words in a row, and one sign as the beginning of a word.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

# Scripts without spaces between words, and signs that stand for themselves.
UNSPACED = (
    # Thai, Lao; Burmese; Hangul; Khmer; Tai and Javanese; Hangul's further parts.
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u1b00-\u1b7f"
    "\ua960-\ua97f\ua980-\ua9ff\uaa60-\uaadf\uac00-\ud7ff"
    # Kana, Bopomofo, Han, Yi.
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\ua4cf\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
# Emoji: of the other symbols nobody looks for one.
EMOJI = "\u231a-\u23ff\u25b6-\u25c0\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
# A run of such signs, or a word. A number behind a letter is a word by itself: v1.2.3 is found by 1.2.3.
# What is longer is parted: PostgreSQL takes no word of more than 2,046 bytes.
LETTER = f"[^{UNSPACED}{EMOJI}0-9 ]"
SEGMENT = re.compile(rf"[{UNSPACED}{EMOJI}]+|{LETTER}{{1,200}}|[0-9]{{1,20}}{LETTER}{{0,200}}")
# The same of what is ASCII: most of what is said, in a third of the time.
ASCII_SEGMENT = re.compile(r"[a-z]{1,200}|[0-9]{1,20}[a-z]{0,200}")
RUN = re.compile(f"[{UNSPACED}{EMOJI}]")
IS_EMOJI = re.compile(f"[{EMOJI}]")
# Words of one text in the index: PostgreSQL counts no further than 16,383. A text has 10,000 characters, and
# some of those stand for several.
INDEXED = 16_000

# Marks that a letter is the same letter without: those of Latin, Greek and Cyrillic, the vowels of Hebrew,
# Arabic and Syriac, what surrounds a digit, and what chooses between two drawings. Elsewhere (the scripts of
# India and South-East Asia, kana) they spell the word.
ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8"
    "\u06ea-\u06ed\u0711\u0730-\u074a\u0898-\u089f\u08ca-\u08ff\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\u302a-\u302f\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef\U0001f3fb-\U0001f3ff]"
)
# Letters that are typed as others are, where Unicode does not take them apart. Arabic and Persian as in
# Lucene's ArabicNormalizer and PersianNormalizer.
LIKE = {
    "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ȷ": "j", "ŋ": "n",
    # Alef with wasla or without its hamza; alef maksura and the Persian yeh, keheh, teh marbuta, hehs.
    "\u0671": "\u0627", "\u0672": "\u0627", "\u0673": "\u0627", "\u0649": "\u064a", "\u06cc": "\u064a",
    "\u06a9": "\u0643", "\u0629": "\u0647", "\u06c1": "\u0647", "\u06d5": "\u0647",
    # Tatweel, which makes a word longer to look at; fillers of Hangul.
    "\u0640": "", "\u115f": "", "\u1160": "",
}  # fmt: skip
# ł, ø, đ, ƙ: https://www.unicode.org/charts/PDF/U0180.pdf names them so, and they have no decomposition.
WITH_SOMETHING = re.compile(r"LATIN SMALL LETTER ([A-Z]{1,2}) WITH ")


class Letters(dict[int, str]):
    """What stands for a character without case, for `str.translate`: found out when it first occurs."""

    def __missing__(self, code: int) -> str:
        self[code] = found = self.like(chr(code))
        return found

    def like(self, character: str) -> str:
        """The letter that it is like; nothing for a mark that is left out."""
        if character in LIKE:
            return LIKE[character]
        # What is not seen: the soft hyphen, joiners, marks of direction.
        if unicodedata.category(character) == "Cf" or ACCENTS.match(character):
            return ""
        if (digit := unicodedata.decimal(character, None)) is not None:
            return str(digit)
        named = WITH_SOMETHING.match(unicodedata.name(character, ""))
        return named[1].lower() if named else character


class Separators(dict[int, str]):
    """A space for what is no part of a word, for `str.translate`: found out when it first occurs."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        # An apostrophe that counts as a letter (ʼ) is one all the same.
        is_word = unicodedata.category(character)[0] in "LMN" and not "\u02b0" <= character <= "\u02ff"
        self[code] = found = character if is_word or IS_EMOJI.match(character) else " "
        return found


LETTERS = Letters()
SEPARATORS = Separators()


def normalised(text: str) -> str:
    """`text` without case, accents and what is not seen, each letter in the one way that stands for all.

    Applied once more it changes nothing.
    """
    if text.isascii():
        return text.lower()
    # The iota below a Greek letter would be a letter of its own without case.
    parted = unicodedata.normalize("NFKD", text).replace("\u0345", "").casefold()
    # Hangul by its syllables, kana with their voice.
    return unicodedata.normalize("NFC", parted.translate(LETTERS))


def _segments(plain: str) -> list[str]:
    if plain.isascii():
        return ASCII_SEGMENT.findall(plain)
    return SEGMENT.findall(plain.translate(SEPARATORS))


def is_run(segment: str) -> bool:
    """Whether a segment, or a word of the index, is of signs without spaces between words."""
    return RUN.match(segment) is not None


def _words(segment: str) -> Iterable[str]:
    """The words that a segment is in the index."""
    return [segment[at : at + 2] for at in range(len(segment))] if is_run(segment) else (segment,)


def indexed(text: str) -> str:
    """The words of `text` as the index has them, with a space between each two."""
    segments = _segments(normalised(text))
    if text.isascii():
        return " ".join(segments[:INDEXED])
    return " ".join([word for segment in segments for word in _words(segment)][:INDEXED])


class Phrase(NamedTuple):
    """Words that are looked for in a row; with `is_open`, the last one may go on."""

    words: tuple[str, ...]
    is_open: bool
    # The same, as somebody wrote it.
    segments: tuple[str, ...]


def phrase_in(text: str) -> Phrase | None:
    """What to look for in the index for `text`; None if there is no word in it."""
    segments = _segments(normalised(text))
    if not segments:
        return None
    *whole, last = segments
    words = [word for segment in whole for word in _words(segment)]
    # A run may go on behind what was looked for: its last sign by itself would say that it ends there.
    is_open = not (is_run(last) and len(last) > 1)
    words += [last] if is_open else list(_words(last))[:-1]
    return Phrase(tuple(words), is_open, tuple(segments))


def whole_phrase_in(text: str) -> Phrase | None:
    """As `phrase_in`, of whole words: only one sign of a script without spaces may go on."""
    phrase = phrase_in(text)
    return phrase and phrase._replace(is_open=is_run(phrase.words[-1]) and len(phrase.words[-1]) == 1)


def begins_or_ends_otherwise(text: str) -> bool:
    """Whether `text` begins or ends with what is no part of a word, as C++ and .net do."""
    return " " in {one.translate(SEPARATORS) for one in (text[:1], text[-1:])}


def places(text: str, phrases: Iterable[Phrase]) -> list[tuple[int, int]]:
    """Where in `text` the words of `phrases` are, as (start, end), in order and apart from each other."""
    sought = {segment for phrase in phrases for segment in phrase.segments}
    runs = "|".join(re.escape(part) for part in sorted(filter(is_run, sought), key=len, reverse=True))
    beginnings = tuple(part for part in sought if not is_run(part))
    plain, origins = _aligned(text)
    found: list[tuple[int, int]] = []
    for match in SEGMENT.finditer(plain.translate(SEPARATORS)):
        if is_run(match[0]):
            spans = [hit.span() for hit in re.finditer(runs, match[0])] if runs else []
            spans = [(match.start() + start, match.start() + end) for start, end in spans]
        else:
            spans = [match.span()] if beginnings and match[0].startswith(beginnings) else []
        for start, end in spans:
            begin, stop = origins[start][0], origins[end - 1][1]
            if found and begin < found[-1][1]:
                continue
            found.append((begin, stop))
    return found


def _aligned(text: str) -> tuple[str, Sequence[tuple[int, int]]]:
    """`text` normalised, and for each character of that the place in `text` that it comes from."""
    if text.isascii():
        return text.lower(), [(at, at + 1) for at in range(len(text))]
    parts: list[str] = []
    origins: list[tuple[int, int]] = []
    for start, end in _clusters(text):
        part = _cluster(text[start:end])
        parts.append(part)
        origins += [(start, end)] * len(part)
    return "".join(parts), origins


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Where each character is that stands by itself, with all that belongs to it."""
    start = 0
    for at in range(1, len(text)):
        if not _belongs_to_last(text[at]):
            yield start, at
            start = at
    if text:
        yield start, len(text)


@lru_cache(4096)
def _belongs_to_last(character: str) -> bool:
    # Marks; the voice of half-width kana; vowels and finals of Hangul in parts.
    return unicodedata.category(character)[0] == "M" or bool(
        re.match("[\uff9e\uff9f\u1160-\u11ff\ud7b0-\ud7fb\uffc2-\uffdc]", character)
    )


@lru_cache(4096)
def _cluster(text: str) -> str:
    return normalised(text)
