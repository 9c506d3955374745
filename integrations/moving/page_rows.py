"""The rows of a page of an archive: what was said, by whom, with what hangs on it."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils.safestring import SafeString

from accounts.models import Person
from integrations.moving import here
from integrations.moving.page_index import Day, PageIndex
from integrations.moving.records import MessageRecord
from integrations.moving.scope import Scope
from rooms.actions.archive import is_stored
from rooms.markup.own_words import with_own_words
from rooms.models import Attachment, Message
from rooms.polls import poll_in
from rooms.render import notices

# Where the pages of rooms find what lies beside their folder.
UP = "../../"


@dataclass(frozen=True, slots=True)
class Book:
    """An archive that is being written: the folders of its rooms, what they are called, and where what is."""

    folders: dict[int, str]
    titles: dict[int, str]
    index: PageIndex

    def places(self, days: Iterable[Day]) -> Iterator[dict[str, Any]]:
        """Days, each with the room and the address."""
        for day in days:
            yield {
                "title": self.titles[day.room], "day": datetime.date.fromisoformat(day.day),
                "count": day.messages, "address": f"{self.folders[day.room]}/{day.page}.html#day-{day.day}",
            }  # fmt: skip


def rows_of(scope: Scope, messages: list[Message], book: Book) -> list[dict[str, Any]]:
    """What a template shows of each of `messages`, which are of one room. Ten queries at most."""
    records = list(here.records_of(scope, messages))
    people = _people(records)
    lines = Message.objects.filter(pk__in=[one.pk for one in messages if one.notice])
    sentences = notices.render_for(lines.rows()) if any(one.notice for one in messages) else {}
    files = here.files_of(messages)
    pages = book.index.pages_of({one.reply_to_id for one in messages if one.reply_to_id})
    return [
        {
            "message": message, "author": people[record.author], "name": record.shown_name,
            "sentence": sentences.get(message.pk, ""),
            "html": "" if message.notice else SafeString(with_own_words(message.html)),
            "poll": _poll(message, record, people),
            "answers": _address(message.reply_to_id, pages),
            "files": [_file(file) for file in files[message.pk]],
            "reactions": [
                {"emoji": one.emoji, "names": [people[pk].name for pk in one.people]}
                for one in record.reactions
            ],
        }
        for message, record in zip(messages, records, strict=True)
    ]  # fmt: skip


def _people(records: list[MessageRecord]) -> dict[str, Person]:
    """All whom these name, by their ids. One query."""
    ids = {one.author for one in records}
    for one in records:
        ids.update(vote.person for vote in one.votes)
        ids.update(pk for given in one.reactions for pk in given.people)
    return {str(pk): person for pk, person in Person.objects.in_bulk([int(pk) for pk in ids]).items()}


def _poll(message: Message, record: MessageRecord, people: dict[str, Person]) -> dict[str, Any] | None:
    poll = poll_in(message.body)
    if poll is None:
        return None
    counts = Counter(vote.choice for vote in record.votes)
    return {
        "question": poll.question,
        "choices": [
            {
                "choice": choice, "count": counts[choice],
                "names": [people[vote.person].name for vote in record.votes if vote.choice == choice],
            }
            for choice in poll.choices
        ],
    }  # fmt: skip


def _address(message: int | None, pages: dict[int, int]) -> str:
    """Where a message is, of those that the archive has; in the same folder."""
    return f"{pages[message]}.html#message-{message}" if message in pages else ""


def _file(file: Attachment) -> dict[str, Any]:
    return {"file": file, "address": UP + quote(here.file_path(file)) if is_stored(file) else ""}
