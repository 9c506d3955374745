"""Hot templates: what is drawn for every message, in Jinja, some three times as fast as Django's engine.

Ordinary template code, in templates/jinja2/: macros, called from Python with all that they show. A value
that is not there is an error that names it. Pages stay in Django's language, which allauth's extend.
"""

import datetime
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from django.template import engines
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import dateformat
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, StrictUndefined
from jinja2.ext import Extension

from hypermedia.icons import icon

# What is Jinja's own in a template, and whatever else there is.
CODE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
# Where a tag begins or ends, and line breaks with the spaces around them.
MARK = re.compile(r"[<>]|[ \t]*\n\s*")

# Days whose words are remembered, in each language: to say one takes fifty times as long as to look it up,
# and it is asked for each row of a message in each zone.
REMEMBERED_DAYS = 4096


class OneLine(Extension):
    """Takes the line breaks out of a template, with the spaces around them: they are for who reads it.

    Between the attributes of a tag one space stays.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template as it is compiled. Line breaks within Jinja's own stay, so errors say the line."""
        is_in_tag = False
        pieces = []
        for number, piece in enumerate(CODE.split(source)):
            if number % 2:
                pieces.append(piece)
                continue
            at = 0
            for match in MARK.finditer(piece):
                pieces.append(piece[at : match.start()])
                if match[0] in "<>":
                    is_in_tag = match[0] == "<"
                    pieces.append(match[0])
                else:
                    pieces.append(_break(match[0].count("\n"), is_in_tag))
                at = match.end()
            pieces.append(piece[at:])
        return "".join(pieces)


def _break(lines: int, is_in_tag: bool) -> str:
    """So many line breaks in a comment, which leaves nothing of them but the count of lines."""
    return "{#" + "\n" * lines + "#}" + (" " if is_in_tag else "")


def environment(**options: Any) -> Environment:
    """Jinja as hot templates have it: named in TEMPLATES (site_config/settings.py)."""
    made = Environment(**options | {"undefined": StrictUndefined, "extensions": [OneLine]})  # noqa: S701
    made.globals |= {"url": _url, "lucide": icon, "_": gettext, "ngettext": ngettext}
    filters: dict[str, Callable[..., Any]] = {
        "filesizeformat": filesizeformat,
        "iso": lambda at: at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "iso_day": lambda at: f"{at:%Y-%m-%d}",
        "clock": lambda at: f"{at.hour:02}:{at.minute:02}",
        "short_day": short_day,
        "long_day": long_day,
    }
    made.filters |= filters
    return made


def _url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def short_day(day: datetime.date) -> str:
    """A day in few words, in the current language: 1 Mar 2026."""
    return _short_day(day.year, day.month, day.day, get_language())


def long_day(day: datetime.date) -> str:
    """A day in full, in the current language: Sunday 1 March 2026."""
    return _long_day(day.year, day.month, day.day, get_language())


@lru_cache(REMEMBERED_DAYS)
def _short_day(year: int, month: int, day: int, language: str | None) -> str:
    # Translators: a day in few words, as Django's filter "date" writes it: 1 Mar 2026.
    return dateformat.format(datetime.date(year, month, day), gettext("j M Y"))


@lru_cache(REMEMBERED_DAYS)
def _long_day(year: int, month: int, day: int, language: str | None) -> str:
    # Translators: a day in full, as Django's filter "date" writes it: Sunday 1 March 2026.
    return dateformat.format(datetime.date(year, month, day), gettext("l j F Y"))


@cache
def macro(template: str, name: str) -> Callable[..., SafeString]:
    """The macro `name` of a template in templates/jinja2/, to be called with all that it shows."""
    made: Any = engines["jinja2"]
    function = getattr(made.env.get_template(template).module, name)
    return lambda *args, **values: SafeString(function(*args, **values))
