"""What is kept rendered: under all that it was made of, and the least used dropped."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils.safestring import SafeString

from hypermedia.cache import ENTRY_BYTES, RenderCache, kept, rendered, size_of
from tests.environment import ROOT


@pytest.fixture(autouse=True)
def empty() -> None:
    rendered.clear()


def test_a_value_is_found_under_its_kind_and_its_whole_key():
    cache = RenderCache()
    cache.put("one", "row", 1, 7)

    assert cache.get("row", 1, 7) == "one"
    for key in (("row", 1, 8), ("row", 1), ("page", 1, 7), ("row", 1, 7, None)):
        assert cache.get(*key) is None


def test_the_least_used_falls_out_when_there_are_too_many_bytes():
    size = ENTRY_BYTES + size_of("x" * 1000)
    cache = RenderCache(max_bytes=3 * size)
    for number in range(3):
        cache.put("x" * 1000, "row", number)
    cache.get("row", 0)

    cache.put("y" * 1000, "row", 3)

    assert [cache.get("row", number) is not None for number in range(4)] == [True, False, True, True]
    assert cache.bytes == 3 * size


def test_the_same_key_is_one_entry():
    cache = RenderCache()
    for text in ("a", "b"):
        cache.put(text, "row", 1)
    assert (len(cache), cache.bytes) == (1, ENTRY_BYTES + size_of("b"))


def test_one_that_is_larger_than_all_is_given_and_not_kept():
    cache = RenderCache(max_bytes=1000)
    cache.put("a", "row", 1)
    assert cache.put("x" * 5000, "row", 2) == "x" * 5000
    assert (len(cache), cache.bytes) == (0, 0)


def test_a_function_is_called_once_for_each_of_its_arguments():
    called = []

    @kept("test")
    def draw(name: str, *, is_current: bool) -> str:
        called.append((name, is_current))
        return f"{name} {is_current}"

    assert [draw("a", is_current=on) for on in (True, False, True)] == ["a True", "a False", "a True"]
    assert called == [("a", True), ("a", False)]


def test_the_same_words_under_other_names_are_another_key():
    @kept("test names")
    def draw(**words: str) -> str:
        return str(words)

    assert draw(name="a") != draw(slug="a")


@dataclass
class Drawn:
    rows: SafeString
    parts: tuple[str, ...]


def test_sizes_are_those_of_the_texts():
    assert size_of(Drawn(SafeString("x" * 10_000), ("y" * 5000, "z" * 5000))) > 20_000


def test_many_threads_use_it_at_once():
    cache = RenderCache(max_bytes=50 * ENTRY_BYTES)

    def use(number: int) -> None:
        for key in range(200):
            cache.put("x", "row", (key * number) % 70)
            cache.get("row", key)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, range(8)))
    assert 0 < cache.bytes <= cache.max_bytes
    assert cache.bytes == len(cache) * (ENTRY_BYTES + size_of("x"))


# What else may be remembered, and why: it never changes while a process runs.
CONSTANT = {
    "accounts/archive.py": "the style of pages to take away",
    "accounts/models/person.py": "the time zones that there are",
    "accounts/models/values.py": "the address of the directory",
    "accounts/widgets.py": "the options of a choice that never changes",
    "database/rows.py": "the fields of a class",
    "database/sqlite/base.py": "the text of a query, as SQLite takes it",
    "database/threads.py": "the pool",
    "hypermedia/icons.py": "the icons that there are",
    "hypermedia/locales.py": "what a moment and words are in a locale",
    "hypermedia/joining.py": "what a selector names elements by",
    "hypermedia/precompiled.py": "templates, drawn once",
    "hypermedia/templatetags/integrity.py": "digests of the scripts that there are",
    "hypermedia/templates.py": "macros",
    "integrations/api/reference.py": "what programs can ask",
    "integrations/api/service.py": "the same, as openapi.json",
    "integrations/moving/lines.py": "what a record has where its archive says nothing",
    "live/hub.py": "the frames of a text",
    "rooms/emoji.py": "the emoji that there are",
    "rooms/markup/code.py": "the languages that there are",
    "rooms/models/direct.py": "queries that are prepared",
    "rooms/name_lookup.py": "what a name is without its case and accents",
    "rooms/render/badges.py": "two objects for each number",
    "rooms/render/reactions.py": "the three buttons of emoji that never change",
    "rooms/render/rules.py": "the three lines above a composer",
    "rooms/unread/sounds.py": "the three sounds that there are",
    "rooms/unread/titles.py": "the two icons of a tab",
    "rooms/words.py": "what a character is without its case and accents",
    "rooms/views/rooms.py": "an empty form",
}


def test_nothing_else_is_kept_rendered():
    """Whoever adds another cache adds its kind here, or says why what it holds never changes."""
    found = {
        str(path.relative_to(ROOT))
        for app in ("database", "hypermedia", "live", "accounts", "rooms", "integrations")
        for path in Path(ROOT, app).rglob("*.py")
        if "tests" not in path.parts and re.search(r"@(lru_)?cache\b", path.read_text())
    }
    assert found == set(CONSTANT)
