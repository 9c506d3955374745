"""Messages of an archive, stored a batch at a time as posting would have left them, and told to nobody."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.html import escape

from accounts.plain_text import clean_line, shortened
from integrations.models import ImportSource
from integrations.moving import known
from integrations.moving.icons import Icons
from integrations.moving.people import MovedPerson, People
from integrations.moving.records import MessageRecord
from integrations.moving.report import Report, Why
from integrations.moving.rooms import MovedRoom, Rooms, count_posts, shift_read
from integrations.moving.texts import clean_text, parts_of, possible, said_of_them, with_our_names
from rooms.actions.pins import PINS
from rooms.actions.reactions import EMOJIS_UNDER_A_MESSAGE
from rooms.actions.threads import count_answers
from rooms.commands import action_in
from rooms.emoji import emoji_called, parse_emoji, with_tone
from rooms.markup import render_markup
from rooms.models import Attachment, Follower, Mention, Message, Noticed, Reaction, Room, Version, Vote
from rooms.models.room import take_revisions
from rooms.models.values import MessageRow
from rooms.polls import poll_in

# Of one emoji under one message.
REACTIONS_OF_A_KIND = 1000
VERSIONS_OF_A_MESSAGE = 100


@dataclass(slots=True)
class Prepared:
    """A message that is about to be stored, and what goes with it."""

    record: MessageRecord
    message: Message
    room: MovedRoom
    named: frozenset[int]
    key: str
    files: Sequence[Attachment] = ()


class Messages:
    """The messages of one archive: what a batch of records becomes."""

    def __init__(
        self, source: ImportSource, people: People, rooms: Rooms, icons: Icons, report: Report
    ) -> None:
        self.source, self.people, self.rooms, self.icons, self.report = source, people, rooms, icons, report
        # Whom a room's texts may name, by what they are called here: of rooms that were lately spoken in.
        self._names: dict[str, dict[str, int]] = {}

    def new_among(self, records: Iterable[MessageRecord]) -> list[tuple[str, MessageRecord]]:
        """Those that are not here yet, each once, with what they are known by. Two queries for a batch."""
        by_key = {known.message_key(one.room, one.id): one for one in records}
        here = known.known_among(self.source, by_key)
        self.report.knew(len(here))
        return [(key, one) for key, one in by_key.items() if key not in here]

    def prepare(self, key: str, record: MessageRecord, files: Sequence[Attachment]) -> list[Prepared]:
        """The message, or its parts, that a record becomes; none where there is nothing in it."""
        room = self.rooms.by_id[record.room]
        author = self.people.by_id[record.author]
        text = self._text(record)
        if not text and not files and not record.deleted_at and not record.notice:
            self.report.lacks(Why.EMPTY, f"{record.room} {record.id}")
            return []
        parts = [""] if record.deleted_at else parts_of(text)
        if len(parts) > 1:
            self.report.lacks(Why.LONG, text[:60])
        prepared = [self._prepared(key, record, room, author, parts[0], files)]
        for number, part in enumerate(parts[1:], 2):
            prepared.append(self._prepared(f"{key[:100]}#{number}", record, room, author, part, ()))
        return prepared

    def _text(self, record: MessageRecord) -> str:
        text = with_our_names(clean_text(record.text), self.people.by_name)
        return text if record.notice or not text else said_of_them(text, is_action=record.is_action)

    def _prepared(
        self,
        key: str,
        record: MessageRecord,
        room: MovedRoom,
        author: MovedPerson,
        body: str,
        files: Sequence[Attachment],
    ) -> Prepared:
        posted_at = possible(record.posted_at)
        if posted_at != record.posted_at:
            self.report.lacks(Why.TIME, f"{record.room} {record.id}: {record.posted_at:%Y-%m-%d}")
        message = Message(
            room_id=room.pk, author_id=author.pk, posted_at=posted_at, files=len(files),
            shown_name=shortened(clean_line(record.shown_name), 60) or None,
            shown_icon=shortened(clean_line(record.shown_icon), 32) or None,
            shown_picture=self._picture(record, author),
        )  # fmt: skip
        named: frozenset[int] = frozenset()
        if record.deleted_at:
            message.deleted_at = possible(record.deleted_at)
        elif record.notice in Message.Notice.values:
            message.notice, message.html = record.notice, escape(shortened(clean_line(body), 200))
        else:
            named = self._say(message, record, room, body)
        return Prepared(record, message, room, named, key, files)

    def _picture(self, record: MessageRecord, author: MovedPerson) -> str | None:
        return None if record.deleted_at else self.icons.keep(record.shown_picture, author.pk) or None

    def _say(self, message: Message, record: MessageRecord, room: MovedRoom, body: str) -> frozenset[int]:
        """Give a message its words; whom they name."""
        message.is_action, text = action_in(body)
        words = render_markup(text, self._people_of(room) if "@" in text else {})
        message.body, message.html, message.calls = body, words.html, words.calls
        message.links = len(words.links)
        if record.edited_at:
            message.edited_at = max(possible(record.edited_at), message.posted_at)
        if record.pinned_at and room.pins < PINS:
            room.pins += 1
            message.pinned_at = possible(record.pinned_at)
            pinned_by = self.people.by_id.get(record.pinned_by)
            message.pinned_by_id = pinned_by.pk if pinned_by else None
        elif record.pinned_at:
            self.report.lacks(Why.MANY_PINS, f"{record.room} {record.id}")
        return words.named

    def _people_of(self, room: MovedRoom) -> dict[str, int]:
        """Whom a text in a room may name: its members, as where it is posted."""
        names = self._names.get(room.record.id)
        if names is None:
            if len(self._names) > 100:
                self._names.clear()
            everybody = self.people.by_id.values()
            names = {one.username.lower(): one.pk for one in everybody if one.pk in room.members}
            self._names[room.record.id] = names
        return names

    # -- Stored --------------------------------------------------------------------------

    def store(self, batch: Sequence[Prepared]) -> None:
        """Store them, inside a transaction: in the order in which they come. Some twenty queries."""
        batch = self._number(batch)
        if not batch:
            return
        answered = self._thread(batch)
        Message.objects.bulk_create([one.message for one in batch])
        known.note(self.source, known.Kind.MESSAGE, [(one.key, one.message.pk) for one in batch])
        threads = count_answers([one.message for one in batch])
        self._mention(batch, answered)
        self._follow(batch, {row.pk: row for row in threads})
        self._attach(batch)
        self._add_versions(batch)
        self._add_given(batch)
        Noticed.objects.bulk_create(self._noticed(batch), ignore_conflicts=True)
        self.report.came["messages"] += sum("#" not in one.key[-4:] for one in batch)
        self.report.came["files"] += sum(len(one.files) for one in batch)

    def _number(self, batch: Sequence[Prepared]) -> Sequence[Prepared]:
        """Take ids, revisions and numbers behind the rooms' locks, and see what each stands after."""
        counts = Counter(one.message.room_id for one in batch)
        taken = take_revisions(counts)
        # A room that was deleted meanwhile takes what was said in it along.
        batch = [one for one in batch if one.message.room_id in taken]
        said = Counter(one.message.room_id for one in batch if one.message.notice is None)
        last = Message.objects.last_of(list(taken)) if taken else {}
        ids = free_ids(len(batch))
        revisions = {room: revision - counts[room] for room, (revision, _) in taken.items()}
        numbers = {room: posts for room, (_, posts) in taken.items()}
        for one, pk in zip(batch, ids, strict=True):
            message, room = one.message, one.message.room_id
            revisions[room] += 1
            numbers[room] += message.notice is None
            message.pk, message.number = pk, numbers[room]
            message.first_revision = message.revision = revisions[room]
            message.edited_revision = message.revision if message.edited_at else None
            message.stand_after(last.get(room))
            last[room] = message
        count_posts(said)
        calls = {one.message.room_id: one.message.number for one in batch if one.message.calls == "room"}
        for room, number in calls.items():
            Room.objects.filter(pk=room).update(called=number)
        shift_read(said)
        return batch

    def _thread(self, batch: Sequence[Prepared]) -> dict[int, Message]:
        """Put answers under what they answer; that, by the id of the answer. Two queries at most."""
        here = {one.key: one.message for one in batch}
        asked = {
            known.message_key(one.record.room, theirs)
            for one in batch
            for theirs in (one.record.thread, one.record.reply_to)
            if theirs
        }
        stored = known.known_among(self.source, asked - here.keys())
        found = Message.objects.only("pk", "room_id", "thread_id", "author_id", "deleted_at", "notice")
        before = found.in_bulk(set(stored.values()))
        here |= {key: before[pk] for key, pk in stored.items() if pk in before}
        answered = {}
        for one in batch:
            theirs = one.record.reply_to or one.record.thread
            if not theirs or one.message.notice:
                continue
            parent = here.get(known.message_key(one.record.room, theirs))
            parent = parent or here.get(known.message_key(one.record.room, one.record.thread))
            is_before = parent is not None and (parent.pk or 0) < one.message.pk
            if parent is None or not is_before or parent.room_id != one.message.room_id or parent.notice:
                self.report.lacks(Why.NO_ROOT, f"{one.record.room} {one.record.id}")
                continue
            one.message.reply_to_id = parent.pk
            one.message.thread_id = parent.thread_id or parent.pk
            answered[one.message.pk] = parent
        return answered

    def _mention(self, batch: Sequence[Prepared], answered: dict[int, Message]) -> None:
        """Write down whom each names and answers, as posting does."""
        rows = []
        for one in batch:
            message = one.message
            if message.calls == Message.Calls.ROOM or message.deleted_at or message.notice:
                continue
            parent = answered.get(message.pk)
            author = parent.author_id if parent else None
            for person_id in sorted({*one.named, *([author] if author else [])} - {message.author_id}):
                why = Mention.Why.ANSWERED if person_id == author else Mention.Why.NAMED
                rows.append(Mention(message_id=message.pk, person_id=person_id, why=why))
        Mention.objects.bulk_create(rows)

    def _follow(self, batch: Sequence[Prepared], first: dict[int, MessageRow]) -> None:
        """Who answers, began or is named in a thread follows it, and has seen all of it."""
        followers: dict[tuple[int, int], int] = {}
        for one in batch:
            thread = one.message.thread_id
            if thread is None:
                continue
            row = first.get(thread)
            people = {one.message.author_id, *one.named}
            if row is not None and row.deleted_at is None:
                names = {int(pk) for pk in row.names.split() if pk != "all"}
                people |= {row.author_id, *names & one.room.members}
            for person_id in people:
                followers[person_id, thread] = one.message.pk
        Follower.objects.bulk_create(
            [Follower(person_id=who, thread_id=what, seen=pk) for (who, what), pk in followers.items()],
            update_conflicts=True,
            update_fields=["seen"],
            unique_fields=["person", "thread"],
        )

    def _attach(self, batch: Sequence[Prepared]) -> None:
        """Give messages their files. A query for each message that has some."""
        for one in batch:
            if one.files:
                files = Attachment.objects.filter(pk__in=[file.pk for file in one.files])
                files.update(message=one.message.pk, uploaded_at=one.message.posted_at)

    def _add_versions(self, batch: Sequence[Prepared]) -> None:
        """What they said before they were edited."""
        rows = []
        for one in batch:
            written_at = one.message.posted_at
            for version in one.record.versions[:VERSIONS_OF_A_MESSAGE] if one.message.edited_at else ():
                body = parts_of(with_our_names(clean_text(version.text), self.people.by_name))[0]
                html = render_markup(action_in(body)[1], self._people_of(one.room)).html
                rows.append(Version(message_id=one.message.pk, body=body, html=html, written_at=written_at))
                written_at = possible(version.until)
        Version.objects.bulk_create(rows)

    def _add_given(self, batch: Sequence[Prepared]) -> None:
        """Reactions and votes."""
        reactions: list[Reaction] = []
        votes = []
        for one in batch:
            if one.message.deleted_at or one.message.notice or "#" in one.key[-4:]:
                continue
            reactions += self._reactions(one)
            poll = poll_in(one.message.body) if one.record.votes else None
            choices = poll.choices if poll else ()
            given = {(vote.choice, vote.person): None for vote in one.record.votes if vote.choice in choices}
            for choice, theirs in given:
                if person := self.people.by_id.get(theirs):
                    moment = one.message.posted_at
                    votes.append(
                        Vote(message_id=one.message.pk, person_id=person.pk, choice=choice, voted_at=moment)
                    )
        Reaction.objects.bulk_create(reactions, ignore_conflicts=True)
        Vote.objects.bulk_create(votes, ignore_conflicts=True)
        self.report.came["reactions"] += len(reactions)

    def _reactions(self, one: Prepared) -> Iterable[Reaction]:
        kinds: dict[str, dict[int, None]] = {}
        for given in one.record.reactions:
            emoji = emoji_of(given.emoji)
            if emoji is None:
                self.report.lacks(Why.EMOJI, given.emoji, len(given.people))
                continue
            if emoji not in kinds and len(kinds) >= EMOJIS_UNDER_A_MESSAGE:
                self.report.lacks(Why.MANY_REACTIONS, f"{one.record.room} {one.record.id}", len(given.people))
                continue
            who = kinds.setdefault(emoji, {})
            for theirs in given.people:
                person = self.people.by_id.get(theirs)
                if person is None:
                    self.report.lacks(Why.UNLISTED, theirs)
                elif len(who) < REACTIONS_OF_A_KIND:
                    who[person.pk] = None
                elif person.pk not in who:
                    self.report.lacks(Why.MANY_REACTIONS, f"{one.record.room} {one.record.id}")
        for emoji, people in kinds.items():
            for person_id in people:
                yield Reaction(
                    message_id=one.message.pk, person_id=person_id, emoji=emoji,
                    reacted_at=one.message.posted_at,
                )  # fmt: skip

    def _noticed(self, batch: Sequence[Prepared]) -> list[Noticed]:
        return [
            Noticed(message_id=one.message.pk, person_id=person.pk)
            for one in batch
            if one.message.notice
            for theirs in dict.fromkeys(one.record.named)
            if (person := self.people.by_id.get(theirs))
        ]


def emoji_of(text: str) -> str | None:
    """The emoji that a reaction is, by itself or by its name in another chat."""
    return parse_emoji(text) or _toned(text.strip(":"))


def _toned(name: str) -> str | None:
    """thumbsup, and thumbsup::skin-tone-3."""
    base, _, tone = name.partition("::")
    one = emoji_called(base) if base and len(base) <= 80 else None
    if one is None or not tone:
        return one
    sign = emoji_called(tone)
    return (with_tone(one, sign) if sign else None) or one


def free_ids(count: int) -> list[int]:
    """So many ids of messages that are not given yet, in their order, behind the lock of a room.

    They are taken beforehand, so that answers and what they answer are stored together. One query.
    """
    if not count:
        return []
    table = Message._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return sorted(pk for (pk,) in cursor.fetchall())
        # It has one writer, who is in here: what was given last stays so until this is stored.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        last = row[0] if row else 0
        return list(range(last + 1, last + count + 1))
