"""What somebody has in rooms, for the file with all that they wrote: nothing of what others did.

Everything is read in pieces by its id, so that it takes as little memory for a million messages as for ten.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import IO, Any, NamedTuple

from django.core.files.storage import default_storage
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.archive import Archive, Chapter, for_programs
from accounts.models import Person
from rooms.files.names import clean_name
from rooms.models import (
    Attachment,
    Draft,
    Membership,
    Message,
    Reaction,
    Reminder,
    Room,
    Saved,
    Scheduled,
    Version,
    Vote,
)
from rooms.models.room import seen_by
from rooms.render import archive as render

# Messages that are read at once, and that stand on one page.
READ_AT_ONCE = 500
ON_A_PAGE = 2000
# What some system could not have in the name of a file.
FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f]')
# A room that somebody was in, and may not know of now: how it is called today is not theirs to read. In
# what is for programs it is in English.
LEFT = "A room that you have left"


class Place(NamedTuple):
    """A room where somebody wrote: what they may know of it, and the name of its files without the end."""

    room_id: int
    title: str
    # The title as programs read it.
    name: str
    slug: str
    topic: str
    stem: str
    membership: Membership | None

    @property
    def heading(self) -> str:
        """What its person reads it called."""
        return _("A room that you have left") if self.title == LEFT and not self.slug else self.title


def size_of(person: Person) -> int:
    """Messages, each in two forms, and files. Two queries."""
    messages, files = _messages_of(person).count(), Attachment.objects.filter(uploader=person).count()
    return 2 * messages + files


def write(archive: Archive, person: Person) -> list[Chapter]:
    """All that `person` has in rooms. Four queries and a half for each READ_AT_ONCE messages, or so."""
    places = _places(person)
    archive.write_json("rooms.json", [_room_json(place) for place in places])
    chapters = [_write_room(archive, person, place) for place in places]
    _write_files(archive, person)
    _write_list(archive, "reactions.json", _of(Reaction, person).select_related("message"), _reaction_json)
    _write_list(archive, "votes.json", _of(Vote, person).select_related("message"), _vote_json)
    _write_list(archive, "drafts.json", _of(Draft, person), _draft_json)
    _write_list(archive, "saved.json", _of(Saved, person).select_related("message"), _saved_json)
    _write_list(archive, "reminders.json", _of(Reminder, person), _reminder_json)
    _write_list(archive, "scheduled.json", _of(Scheduled, person), _scheduled_json)
    return [chapter for chapter in chapters if chapter.note]


def _of(kind: type[Model], person: Person) -> QuerySet[Any]:
    return kind._default_manager.filter(person=person)


def _messages_of(person: Person) -> QuerySet[Message]:
    return Message.objects.undeleted().filter(author=person)


def in_pieces(found: QuerySet[Any]) -> Iterator[list[Any]]:
    """All of `found` by their ids, READ_AT_ONCE at a time: a query each, and none that is open meanwhile."""
    last = 0
    while piece := list(found.filter(pk__gt=last).order_by("pk")[:READ_AT_ONCE]):
        last = piece[-1].pk
        yield piece


# -- Rooms ---------------------------------------------------------------------------------


def _places(person: Person) -> list[Place]:
    """The rooms that `person` is in, and those where they wrote. Four queries at most."""
    mine = {one.room_id: one for one in Membership.objects.filter(person=person)}
    wrote = set(_messages_of(person).order_by().values_list("room_id", flat=True).distinct())
    known = Room.objects.visible_to(person).filter(pk__in=wrote | mine.keys()).in_bulk()
    seen_by(list(known.values()), person.pk)
    return [_place(pk, known.get(pk), mine.get(pk)) for pk in sorted(wrote | mine.keys())]


def _place(pk: int, room: Room | None, membership: Membership | None) -> Place:
    if room is None:
        return Place(pk, LEFT, LEFT, "", "", f"rooms/{pk}", None)
    with for_programs():
        name = room.title
    return Place(
        pk, room.title, name, room.slug, room.topic, f"rooms/{pk}-{safe_name(room.slug)}", membership
    )


def _room_json(place: Place) -> dict[str, Any]:
    there = place.membership
    return {
        "id": place.room_id, "name": place.name, "slug": place.slug, "topic": place.topic,
        "is_member": there is not None, "role": there and there.role, "joined_at": there and there.joined_at,
        "messages": f"{place.stem}.json",
    }  # fmt: skip


def _write_room(archive: Archive, person: Person, place: Place) -> Chapter:
    """What `person` said in one room: for programs, and as pages to read."""
    said = _messages_of(person).filter(room=place.room_id).defer("words")
    with archive.json_list(f"{place.stem}.json") as put:
        for messages in in_pieces(said):
            for value in _messages_json(messages):
                put(value)
            archive.progress(len(messages))
    count = _write_pages(archive, person, place, said.defer("words", "body"))
    said_there = ngettext("%(number)s message", "%(number)s messages", count) % {"number": f"{count:,}"}
    return Chapter(place.heading, f"{place.stem}.html", said_there if count else "")


def _messages_json(messages: list[Message]) -> Iterator[dict[str, Any]]:
    """The values of some messages, with their earlier texts and their files. Two queries at most."""
    versions = defaultdict(list)
    edited = [message.pk for message in messages if message.edited_at]
    for one in Version.objects.filter(message__in=edited).order_by("pk") if edited else ():
        versions[one.message_id].append({"text": one.body, "written_at": one.written_at})
    files = defaultdict(list)
    for file in _files_of(messages):
        files[file.message_id].append(_file_json(file))
    for message in messages:
        yield {
            "id": message.pk, "posted_at": message.posted_at, "text": message.body,
            "is_action": message.is_action, "edited_at": message.edited_at,
            "earlier_texts": versions[message.pk], "answers": message.reply_to_id,
            "thread": message.thread_id, "files": files[message.pk],
        }  # fmt: skip


def _files_of(messages: Collection[Message]) -> list[Attachment]:
    having = [message.pk for message in messages if message.files]
    return list(Attachment.objects.filter(message__in=having).order_by("pk")) if having else []


def _write_pages(archive: Archive, person: Person, place: Place, said: QuerySet[Message]) -> int:
    """The same to read, ON_A_PAGE messages a page; how many there are."""
    messages = (message for piece in in_pieces(said) for message in piece)
    count, page, address = 0, 1, f"{place.stem}.html"
    first = next(messages, None)
    while first is not None:
        former = _page_name(place, page - 1)
        with archive.member(address) as file:
            file.write(render.head(place.heading, person, page, former).encode(errors="replace"))
            count, first = _write_rows(archive, person, file, first, messages, count)
            page, address = page + 1, f"{place.stem}-{page + 1}.html"
            file.write(render.foot(_page_name(place, page) if first else "").encode(errors="replace"))
    return count


def _write_rows(
    archive: Archive,
    person: Person,
    file: IO[bytes],
    first: Message,
    messages: Iterator[Message],
    count: int,
) -> tuple[int, Message | None]:
    """The rows of one page; how many there are by then, and the first message of the next one."""
    left, beginning, before = ON_A_PAGE, [first], None
    while piece := beginning + list(islice(messages, min(READ_AT_ONCE, left) - len(beginning))):
        files = [(one, file_name(one) if is_stored(one) else "") for one in _files_of(piece)]
        file.write("".join(render.rows(person, piece, files, before)).encode(errors="replace"))
        archive.progress(len(piece))
        count, left, beginning, before = count + len(piece), left - len(piece), [], piece[-1]
    return count, next(messages, None)


def _page_name(place: Place, page: int) -> str:
    """The name of a page beside the others of its room."""
    stem = place.stem.removeprefix("rooms/")
    return f"{stem}.html" if page == 1 else f"{stem}-{page}.html" if page else ""


# -- Files, and what is nobody else's -------------------------------------------------------


def safe_name(name: str) -> str:
    """`name` as any system takes it for that of a file, within its folder."""
    return FORBIDDEN.sub("_", clean_name(name)).strip(" .") or "file"


def file_name(file: Attachment) -> str:
    """Where a file is in the archive: two of one name are two."""
    return f"files/{file.pk}-{safe_name(file.name)}"


def is_stored(file: Attachment) -> bool:
    """Whether its content is there: an operator may have lost some."""
    return default_storage.exists(str(file.file.name))


def _write_files(archive: Archive, person: Person) -> None:
    """The files that `person` sent, and those that wait for a message of theirs."""
    sent = Attachment.objects.filter(uploader=person)
    _write_list(archive, "files.json", sent, _file_json)
    for files in in_pieces(sent):
        for file in files:
            archive.copy(file_name(file), str(file.file.name))
            archive.progress(1)


def _file_json(file: Attachment) -> dict[str, Any]:
    return {
        "id": file.pk, "message": file.message_id, "scheduled": file.scheduled_id, "room": file.room_id,
        "name": file.name,
        "content_type": file.content_type, "size": file.size, "uploaded_at": file.uploaded_at,
        "file": file_name(file),
    }  # fmt: skip


def _write_list(
    archive: Archive, name: str, found: QuerySet[Any], as_value: Callable[[Any], dict[str, Any]]
) -> None:
    with archive.json_list(name) as put:
        for piece in in_pieces(found):
            for one in piece:
                put(as_value(one))


def _reaction_json(one: Reaction) -> dict[str, Any]:
    return {
        "message": one.message_id, "room": one.message.room_id, "emoji": one.emoji, "at": one.reacted_at
    }  # fmt: skip


def _vote_json(one: Vote) -> dict[str, Any]:
    return {
        "message": one.message_id, "room": one.message.room_id, "choice": one.choice, "at": one.voted_at
    }  # fmt: skip


def _draft_json(one: Draft) -> dict[str, Any]:
    return {"room": one.room_id, "thread": one.thread_id, "text": one.text, "saved_at": one.saved_at}


def _saved_json(one: Saved) -> dict[str, Any]:
    return {"message": one.message_id, "room": one.message.room_id, "saved_at": one.saved_at}


def _reminder_json(one: Reminder) -> dict[str, Any]:
    return {
        "message": one.message_id,
        "text": one.text,
        "due_at": one.due_at,
        "is_due": one.rung_at is not None,
    }


def _scheduled_json(one: Scheduled) -> dict[str, Any]:
    return {
        "id": one.pk, "room": one.room_id, "text": one.text, "answers": one.reply_to_id, "due_at": one.due_at,
    }  # fmt: skip
