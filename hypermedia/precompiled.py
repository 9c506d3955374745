"""Pages that are drawn once, with gaps, and filled in for each request.

The template engine takes half a millisecond for a page, most of it for what is the same on the next
one. A template that only puts values into their places, and asks at most whether there is one, is
therefore rendered once with gaps for its values, and is from then on a text to be filled in. One that
asks more is refused, with its file and its line (hypermedia/refusals.py).
"""

import re
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from hypermedia.locales import current_locale, fill, has_marks
from hypermedia.refusals import check

# Nobody can know it, so nothing that people type is ever taken for a gap.
MARK = f"gap{secrets.token_hex(8)}"
PLACEHOLDER = re.compile(rf"{MARK}-([\w.]+)-")
# A template makes several: one for each combination of values that are there and that are not, and language.
PRECOMPILED_LIMIT = 500


class Placeholder:
    """Stands in a template for a value that is there; what is asked of it is a gap as well."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __getattr__(self, name: str) -> "Placeholder":
        if name.startswith("_"):
            raise AttributeError(name)
        return Placeholder(f"{self.path}.{name}")

    def __bool__(self) -> bool:
        if "." in self.path:
            raise TypeError(f"Whether there is {self.path} has to be a value of its own.")
        return True

    def __str__(self) -> str:
        return f"{MARK}-{self.path}-"


class Precompiled:
    """A text with gaps, in bytes: one sign outside of Latin would make four of each letter of a page."""

    def __init__(self, text: str) -> None:
        pieces: list[str] = PLACEHOLDER.split(text)
        self._pieces = [piece.encode() for piece in pieces]
        self._paths = pieces[1::2]
        self._values = {path: _getter(path) for path in self._paths}

    def fill(self, values: Mapping[str, Any]) -> bytes:
        """The text, with `values` in its gaps: escaped, unless they are markup."""
        filled = {path: _encoded(value(values)) for path, value in self._values.items()}
        pieces = self._pieces.copy()
        pieces[1::2] = [filled[path] for path in self._paths]
        return b"".join(pieces)


def _encoded(value: Any) -> bytes:
    # What most values are, first: there are some forty on a page.
    if type(value) is int:
        return b"%d" % value
    text = value if type(value) is SafeString else conditional_escape(value)
    # What was rendered for all readers is filled in here, where it is: not the whole page is looked through.
    return (fill(text, current_locale()) if has_marks(text) else text).encode()


def _getter(path: str) -> Callable[[Mapping[str, Any]], Any]:
    name, _, rest = path.partition(".")
    if not rest:
        return lambda values: values[name]
    attribute = attrgetter(rest)
    return lambda values: _called(attribute(values[name]))


def _called(value: Any) -> Any:
    return value() if callable(value) else value


@lru_cache(PRECOMPILED_LIMIT)
def precompiled(template: str, there: tuple[str, ...], language: str | None) -> Precompiled:
    """`template` in the current language, which is `language`, with gaps for the values called `there`."""
    check(template, there)
    gaps: dict[str, Any] = {name: Placeholder(name) for name in there}
    # Django's own tag compares it.
    gaps["csrf_token"] = str(Placeholder("csrf_token"))
    return Precompiled(get_template(template).render(gaps))


def render_precompiled(template: str, values: Mapping[str, Any]) -> bytes:
    """What rendering gives, or NotPrecompilable, with file and line, for a template that asks too much."""
    there = tuple(name for name, value in values.items() if value)
    found = precompiled(template, there, translation.get_language())
    return found.fill({name: _evaluated(value) for name, value in values.items()})


def _evaluated(value: Any) -> Any:
    """`value` itself, once it was asked whether it is there: each look through a lazy object costs thrice."""
    return value._wrapped if type(value) is SimpleLazyObject else value


def precompiled_page(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """What `render` gives, for a template of that kind."""
    engine = get_template(template).backend.engine  # type: ignore[attr-defined]
    values: dict[str, Any] = {}
    for processor in engine.template_context_processors:
        values |= processor(request)
    values |= context
    # It is not there before it is used.
    values["csp_nonce"] = str(values["csp_nonce"])
    return HttpResponse(render_precompiled(template, values))
