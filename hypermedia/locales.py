"""Times and words as each reader has them, in what is rendered once for readers in all zones and languages.

What is rendered has a mark in the place of each time, such as NUL `time 1764373253` NUL: a form, and seconds
since 1970; and in the place of words, such as NUL `=0 edited` NUL. It is filled in for a locale on its way
out, at one of two doors: the hub (live/hub.py), for all sockets of a locale together, or the middleware
(accounts/middleware.py). What a form looks like its app says in FORMS; the words are ordinary ones, of
ordinary templates, which are rendered within `for_all_readers`.
"""

import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from html import unescape

from django.conf import settings
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import trans_real

# No text that is stored holds it. One that was refused for it is shown to its sender as it is: it begins no
# mark, or one that tells the time, or words of ours.
EDGE = "\0"
# Within a mark: between the words for one and for several, and between words and their context.
PLURAL, CONTEXT = "\2", "\3"
MARK = re.compile(
    r"\0([a-z]+(?: \d{1,11}){1,2}|"
    # Django's filters may have made each space one that no line is broken at.
    r"=\d[ \xa0][^\0]+|#\d[ \xa0]\d{1,11}[ \xa0][^\0\x02]+\x02[^\0]+)\0"
)
UNBROKEN = "\xa0"
# What stands in words for a value, such as a name: `%(name)s signed in`.
GAP = re.compile(r"%(?:\(\w+\))?[sd]")
# Marks whose texts are remembered, locale by locale: each is met again with every page that shows it.
REMEMBERED = 8192

# What makes a text of a moment, or of two, in the reader's zone and language.
FORMS: dict[str, Callable[..., str]] = {}


class Locale:
    """How somebody reads: in which time zone, and in which language. One object for each such pair."""

    __slots__ = ("language", "zone")

    def __init__(self, zone: datetime.tzinfo, language: str) -> None:
        self.zone = zone
        self.language = language

    def __repr__(self) -> str:
        return f"{self.language}, {self.zone}"

    @contextmanager
    def used(self) -> Iterator[None]:
        """Whatever is rendered meanwhile is in that locale."""
        with timezone.override(self.zone), translation.override(self.language):
            yield


@lru_cache(None)
def locale_of(zone: datetime.tzinfo, language: str) -> Locale:
    """The locale of readers in `zone` who read `language`, one of settings.LANGUAGES."""
    return Locale(zone, language)


def current_locale() -> Locale:
    """The locale of the request; the site's where nobody asks."""
    return locale_of(timezone.get_current_timezone(), translation.get_language() or settings.LANGUAGE_CODE)


def site_locale() -> Locale:
    """How the site itself tells times and says things."""
    return locale_of(timezone.get_default_timezone(), settings.LANGUAGE_CODE)


def local(form: str, *moments: datetime.datetime) -> SafeString:
    """A mark for what `form` makes of `moments`, to the second, in the locale of whoever reads it."""
    seconds = "".join([f" {int(moment.timestamp())}" for moment in moments])
    return SafeString(f"{EDGE}{form}{seconds}{EDGE}")


class Marking(trans_real.DjangoTranslation):
    """A language in which all words are marks, for readers in each.

    Words with gaps are several marks, with the gaps between them, for `%` to fill in. So the gaps of a
    translation have to stand in the order of the original: a test sees to that.
    """

    CODE = "x-marks"

    def __init__(self) -> None:
        """Without a catalogue."""

    def to_language(self) -> str:
        """The code that Django's `override` comes back to it by."""
        return self.CODE

    def gettext(self, message: str) -> str:
        """A mark for `message`, or several around its gaps."""
        return _marked("={} ", message, [message])

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The same for so many of something."""
        return _marked(f"#{{}} {number} ", plural, [singular, plural])


def _marked(head: str, message: str, words: list[str]) -> str:
    gaps = GAP.findall(message)
    body = PLURAL.join(words).replace(trans_real.CONTEXT_SEPARATOR, CONTEXT)
    if gaps:
        body = body.replace("%", "%%")
    marks = [f"{EDGE}{head.format(number)}{body}{EDGE}" for number in range(len(gaps) + 1)]
    return "".join([piece for both in zip(marks, [*gaps, ""], strict=True) for piece in both])


MARKING = Marking()


@contextmanager
def for_all_readers() -> Iterator[None]:
    """Whatever is rendered meanwhile has marks in the place of words: many read it, each in a language."""
    # Django looks for a language there before it looks for its catalogue; a changed setting empties it.
    trans_real._translations.setdefault(Marking.CODE, MARKING)  # type: ignore[attr-defined]
    with translation.override(Marking.CODE):
        yield


def has_marks(html: str) -> bool:
    """Whether `html` may be another text for other readers."""
    return EDGE in html


def fill(html: str, reader: Locale) -> str:
    """`html` for readers in that locale: their times and words in the place of its marks."""
    if EDGE not in html:
        return html
    pieces = MARK.split(html)
    pieces[1::2] = [_filled(mark, reader) for mark in pieces[1::2]]
    return "".join(pieces)


def sentence_in(text: str) -> str:
    """A sentence that was made for all readers, in plain text for the current one; unless that is all."""
    if EDGE not in text or translation.get_language() == Marking.CODE:
        return text
    pieces = MARK.split(text)
    pieces[1::2] = [unescape(_filled(mark, current_locale())) for mark in pieces[1::2]]
    return "".join(pieces)


@lru_cache(REMEMBERED)
def _filled(mark: str, reader: Locale) -> str:
    with reader.used():
        if mark[0] in "=#":
            return _words(mark)
        form, *seconds = mark.split()
        if form not in FORMS:
            return mark
        return str(FORMS[form](*(datetime.datetime.fromtimestamp(int(one), reader.zone) for one in seconds)))


def _words(mark: str) -> str:
    """The words of a mark, or the piece of them that it is for, in the current language."""
    # What stands in a page is escaped, so the mark may be.
    message = unescape(mark).replace(UNBROKEN, " ")
    piece = int(message[1])
    if message[0] == "=":
        context, _, words = message[3:].rpartition(CONTEXT)
        found = translation.pgettext(context, words) if context else translation.gettext(words)
    else:
        number, words = message[3:].split(" ", 1)
        singular, plural = words.split(PLURAL, 1)
        found = translation.ngettext(singular, plural, int(number))
    pieces = GAP.split(found)
    found = pieces[piece] if piece < len(pieces) else ""
    return escape(found.replace(" ", UNBROKEN) if UNBROKEN in mark else found)
