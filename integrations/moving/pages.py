"""An archive to read without us: pages of HTML on a disk, with neither script nor server.

Rooms are read page by page, and what is in them is found by day, by person, and by a list of all words with
the places where each stands, as in the back of a book: that is what can be searched without a program.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import batched, groupby
from pathlib import Path
from typing import IO, Any

from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.utils import timezone

from accounts.archive import Archive
from accounts.models import Community, Person
from integrations.moving import here, page_rows
from integrations.moving.lines import copy_files
from integrations.moving.page_index import Day, PageIndex, Word
from integrations.moving.page_rows import Book
from integrations.moving.scope import Scope
from rooms.models import Message, Room
from rooms.models.direct import people_in
from rooms.models.values import place_name
from rooms.words import indexed

# Messages on a page, and words.
ON_A_PAGE = 500
WORDS_ON_A_PAGE = 1000
# What pages look like: one file beside them all.
SHEETS = ("tokens", "prose", "archive")


def write(archive: Archive, scope: Scope) -> None:
    """All that is in `scope`, but for earlier texts."""
    archive.write("style.css", "\n".join(_sheet(name) for name in SHEETS))
    with closing(PageIndex()) as index:
        book = Book(_folders(scope), _titles(scope), index)
        for room in scope.rooms():
            _write_room(archive, scope, room, book)
        _write_people(archive, scope, book)
        has_words = _write_words(archive, book)
        page = _Page(archive, "index.html", "")
        page.write("front", {"rooms": _rooms(scope, book), "has_words": has_words})
    copy_files(archive, scope)


def _sheet(name: str) -> str:
    return Path(str(finders.find(f"css/{name}.css"))).read_text()


def _folders(scope: Scope) -> dict[int, str]:
    return {room.pk: f"rooms/{room.pk}" for room in scope.rooms()}


def _titles(scope: Scope) -> dict[int, str]:
    rooms = list(scope.rooms())
    people = people_in([room.pk for room in rooms if room.is_direct])
    return {room.pk: place_name(room.kind, room.name, people.get(room.pk, ())) for room in rooms}


def _rooms(scope: Scope, book: Book) -> Iterator[dict[str, Any]]:
    for room in scope.rooms():
        days = book.index.days_of(room.pk)
        yield {
            "room": room, "title": book.titles[room.pk], "address": f"{book.folders[room.pk]}/index.html",
            "count": sum(day.messages for day in days),
        }  # fmt: skip


class _Page:
    """One page of the archive, written in parts."""

    def __init__(self, archive: Archive, name: str, up: str) -> None:
        self._archive, self.name = archive, name
        self._always = {
            "up": up, "community": Community.current(), "now": timezone.now(),
            "zone": timezone.get_current_timezone(),
        }  # fmt: skip

    def write(self, part: str, context: dict[str, Any]) -> None:
        """A page that is one part."""
        with self._archive.member(self.name) as file:
            self.put(file, "head", context)
            self.put(file, part, context)
            self.put(file, "foot", context)

    def put(self, file: IO[bytes], part: str, context: dict[str, Any]) -> None:
        """A part of it."""
        text = get_template(f"integrations/pages.html#{part}").render(self._always | context)
        file.write(text.encode(errors="replace"))


# -- Rooms --------------------------------------------------------------------------------


def _write_room(archive: Archive, scope: Scope, room: Room, book: Book) -> None:
    """Its pages, and then the one that says on which of them each day is."""
    ids = here.message_ids(scope, room, "posted_at", "pk")
    book.index.note_pages(room.pk, ids, ON_A_PAGE)
    pages = -(-len(ids) // ON_A_PAGE)
    folder, title = book.folders[room.pk], book.titles[room.pk]
    for number, piece in enumerate(batched(ids, ON_A_PAGE), 1):
        messages = here.messages_called(piece)
        page = _Page(archive, f"{folder}/{number}.html", "../../")
        context = {"title": title, "room": room, "number": number, "pages": pages}
        with archive.member(page.name) as file:
            page.put(file, "head", context)
            page.put(file, "room_head", context)
            rows = page_rows.rows_of(scope, messages, book)
            for day, said in groupby(rows, key=lambda one: timezone.localdate(one["message"].posted_at)):
                page.put(file, "day", {"day": day, "rows": list(said)})
            page.put(file, "room_foot", context)
            page.put(file, "foot", context)
        _note(book, room, number, messages)
        archive.progress(len(messages))
    days = book.index.days_of(room.pk)
    context = {"title": title, "room": room, "months": list(_by_month(days))}
    _Page(archive, f"{folder}/index.html", "../../").write("days", context)


def _by_month(days: Iterable[Day]) -> Iterator[tuple[str, list[Day]]]:
    for month, those in groupby(days, key=lambda day: day.day[:7]):
        yield f"{month}-01", list(those)


def _note(book: Book, room: Room, page: int, messages: list[Message]) -> None:
    """Let what was said be found by day, by person and by word."""
    said = [one for one in messages if not one.notice and not one.deleted_at]
    days = {one.pk: timezone.localdate(one.posted_at).isoformat() for one in said}
    book.index.note_said((one.author_id, room.pk, days[one.pk], page) for one in said)
    files = here.files_of(said)
    book.index.note_words(
        (word, room.pk, page, one.pk, days[one.pk])
        for one in reversed(said)
        for word in set(indexed(" ".join([one.body, *(file.name for file in files[one.pk])])).split(" "))
        if len(word) > 1 or not word.isascii()
    )


# -- People and words ---------------------------------------------------------------------


def _write_people(archive: Archive, scope: Scope, book: Book) -> None:
    people = scope.people().iterator(chunk_size=here.READ_AT_ONCE)
    listed = _Page(archive, "people/index.html", "../")
    shown: list[Person] = []
    for person in people:
        shown.append(person)
        context = {"title": person.name, "person": person, "days": book.places(book.index.said_by(person.pk))}
        _Page(archive, f"people/{person.pk}.html", "../").write("person", context)
    listed.write("people", {"people": shown})


def _write_words(archive: Archive, book: Book) -> bool:
    """The words, a page for each part of the alphabet, and the list of those; whether there are any."""
    parts: list[dict[str, str]] = []
    for number, words in enumerate(batched(book.index.words(), WORDS_ON_A_PAGE), 1):
        shown = [_word(word, book) for word in words]
        parts.append({"address": f"{number}.html", "first": words[0].word, "last": words[-1].word})
        _Page(archive, f"words/{number}.html", "../").write("words", {"words": shown, "part": parts[-1]})
    if parts:
        _Page(archive, "words/index.html", "../").write("parts", {"parts": parts})
    return bool(parts)


def _word(word: Word, book: Book) -> dict[str, Any]:
    return {
        "word": word.word, "more": word.more,
        "places": [
            {
                "title": book.titles[place.room], "day": place.day,
                "address": f"{book.folders[place.room]}/{place.page}.html#message-{place.message}",
            }
            for place in word.places
        ],
    }  # fmt: skip
