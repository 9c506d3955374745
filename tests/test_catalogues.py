"""The words of other languages: whole, with their gaps where English has them, and with the same markup."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings

from hypermedia.locales import GAP
from site_config import catalogues
from tests import catalogues as words
from tests.catalogues import compare
from tests.environment import ROOT

SOURCES = catalogues.sources()
# What asks for words in the reader's language.
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
TAG = re.compile(r"</?\w[^>]*>")


def language_of(source: Path) -> str:
    """The language that a catalogue is for."""
    return source.parent.parent.name


@pytest.fixture(params=SOURCES, ids=language_of)
def catalogue(request: pytest.FixtureRequest) -> polib.POFile:
    """What translators wrote, a language after the other."""
    return polib.pofile(str(request.param))


def forms(entry: polib.POEntry) -> list[tuple[str, str]]:
    """What English says, and what stands for it: twice for one and for several."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()]


def test_there_is_one_for_each_language_that_can_be_chosen():
    assert {language_of(source) for source in SOURCES} == {code for code, _ in settings.LANGUAGES} - {"en"}


def test_everything_is_translated(catalogue: polib.POFile):
    assert [entry.msgid for entry in catalogue if not entry.translated()] == []


def test_gaps_stand_in_the_order_of_english(catalogue: polib.POFile):
    """Words that are shared are put together around their values: hypermedia/locales.py."""
    turned = [
        text
        for entry in catalogue
        for english, text in forms(entry)
        if GAP.findall(english) != GAP.findall(text)
    ]
    assert turned == []


def test_one_of_something_has_the_gaps_of_several(catalogue: polib.POFile):
    """In English, too: where words are shared, what is in the gaps is put there for either."""
    assert [
        entry.msgid
        for entry in catalogue
        if entry.msgid_plural and GAP.findall(entry.msgid) != GAP.findall(entry.msgid_plural)
    ] == []


def test_markup_is_the_same(catalogue: polib.POFile):
    changed = [
        text
        for entry in catalogue
        for english, text in forms(entry)
        if sorted(TAG.findall(english)) != sorted(TAG.findall(text))
    ]
    assert changed == []


def test_white_space_around_words_is_the_same(catalogue: polib.POFile):
    def around(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    assert [t for entry in catalogue for e, t in forms(entry) if around(e) != around(t)] == []


def test_each_is_compiled_as_it_is():
    """By bin/setup."""
    for source in SOURCES:
        compiled = polib.mofile(str(source.with_suffix(".mo")))
        assert {e.msgid for e in compiled} == {e.msgid for e in polib.pofile(str(source))}


def test_no_words_stand_within_an_f_string():
    """What finds the words for the catalogues does not look into those: nobody could translate them."""
    hidden = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in words.SOURCES
        for path in (ROOT / folder).rglob("*.py")
        if "tests" not in path.parts
        for line in within_f_strings(path.read_text())
    ]
    assert not hidden


def within_f_strings(source: str) -> Iterator[int]:
    """The lines of a program where an f-string asks for words."""
    for text in ast.walk(ast.parse(source)):
        if isinstance(text, ast.JoinedStr):
            for name in ast.walk(text):
                if isinstance(name, ast.Name) and name.id.removesuffix("_lazy") in GETTEXT:
                    yield name.lineno


def test_what_is_missing_is_found(tmp_path: Path, capsys):
    """The part of bin/lint, on two catalogues."""
    head = 'msgid ""\nmsgstr ""\n\n'
    now, then = tmp_path / "now.po", tmp_path / "then.po"
    now.write_text(f'{head}msgid "gone"\nmsgstr "weg"\n')
    then.write_text(f'{head}msgid "new"\nmsgstr ""\n')

    assert compare(now, then) == 2
    said = capsys.readouterr().out
    assert "not translated: ('', 'new')" in said
    assert "not used: ('', 'gone')" in said
