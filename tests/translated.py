"""Words of another language, for tests of who reads what: the catalogues may say it otherwise."""

from collections.abc import Callable, Iterator, Mapping

import pytest
from django.template.autoreload import reset_loaders
from django.utils.translation import trans_real

from hypermedia import locales, precompiled, templates

# By what English says; of what goes by a number, by that and the number of the form.
Words = Mapping[str | tuple[str, int], str]


@pytest.fixture
def translated(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, Words], None]]:
    """`translated("de", {"Save": "Sichern"})`: what a language says for the time of a test."""

    def say(language: str, words: Words) -> None:
        # What is looked into before what was loaded before it.
        first = trans_real.translation(language)._catalog._catalogs[0]  # type: ignore[attr-defined]
        for english, text in words.items():
            monkeypatch.setitem(first, english, text)
        forget()

    yield say
    monkeypatch.undo()
    forget()


class Bracketing(trans_real.DjangoTranslation):
    """A language in which everything that can be translated stands in brackets, which no text of ours has."""

    def __init__(self, language: str) -> None:
        """In the place of `language`, without a catalogue."""
        self._code = language

    def to_language(self) -> str:
        """The code of the language whose place it takes."""
        return self._code

    def gettext(self, message: str) -> str:
        """`message`, in brackets."""
        return f"⟦{message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]}⟧"

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The same for so many of something."""
        return self.gettext(singular if number == 1 else plural)


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The code of a language which, for the time of a test, has brackets around everything translated."""
    monkeypatch.setitem(trans_real._translations, "es", Bracketing("es"))  # type: ignore[attr-defined]
    forget()
    yield "es"
    monkeypatch.undo()
    forget()


def forget() -> None:
    """Keep nothing that was said in a language: not in a part of a template that is kept, either."""
    for kept in (locales._filled, templates._short_day, templates._long_day, precompiled.precompiled):
        kept.cache_clear()
    reset_loaders()
