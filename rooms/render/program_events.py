"""What happened in a room, for programs: JSON each, the same whoever noticed it (docs/programs.md)."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape

from rooms.models import Message, Noticed, Reaction
from rooms.models.values import MessageRow

Notice = Message.Notice
# What a quiet line says of the room, and of who is in it.
OF_THE_ROOM = {Notice.RENAMED: "name", Notice.TOPIC: "topic"}
TO_OTHERS = {Notice.ADDED, Notice.REMOVED}
OF_MEMBERS = {*TO_OTHERS, Notice.LEFT, Notice.JOINED}


def message_event(message: MessageRow, kind: str = "message") -> str:
    """A message: a new one, or with the kind `edit` one that says something else."""
    return json.dumps(
        {
            "type": kind,
            "id": message.pk,
            "revision": message.revision,
            "username": message.username,
            "message": message.body,
            "sent_at": message.posted_at.isoformat(),
            "is_bot": message.is_bot,
            "shown_name": message.shown_name,
            "thread": message.thread_id,
            "reply_to": message.reply_to_id,
        }
    )


def deletion_event(pk: int, revision: int) -> str:
    """The deletion of a message."""
    return json.dumps({"type": "deletion", "id": pk, "revision": revision})


def reaction_events(messages: Sequence[MessageRow]) -> dict[int, str]:
    """What is under each of `messages` now, by its id. One query, or none."""
    if not messages:
        return {}
    counts: dict[int, dict[str, int]] = {message.pk: {} for message in messages}
    for given in Reaction.objects.given(counts, 1):
        counts[given.message_id][given.value] = given.times
    return {message.pk: _reaction_event(message, counts[message.pk]) for message in messages}


def _reaction_event(message: MessageRow, counts: Mapping[str, int]) -> str:
    given = [{"emoji": emoji, "count": count} for emoji, count in counts.items()]
    about = {"id": message.pk, "revision": message.revision}
    return json.dumps({"type": "reaction", **about, "reactions": given})


def notice_events(lines: Sequence[MessageRow]) -> dict[int, str]:
    """What quiet lines say that is a program's to know, by their ids. One query, or none."""
    people: dict[int, list[str]] = {line.pk: [] for line in lines if line.notice in TO_OTHERS}
    if people:
        found = Noticed.objects.filter(message__in=people).order_by("pk")
        for pk, username in found.values_list("message_id", "person__username"):
            people[pk].append(username)
    return {line.pk: said for line in lines if (said := _notice_event(line, people.get(line.pk, [])))}


def _notice_event(line: MessageRow, people: Sequence[str]) -> str:
    about = {"revision": line.revision, "username": line.username}
    if line.notice in OF_THE_ROOM:
        # Words in a quiet line are as they stand on a page.
        return json.dumps({"type": "topic", **about, OF_THE_ROOM[Notice(line.notice)]: unescape(line.html)})
    if line.notice in OF_MEMBERS:
        who = list(people) or [line.username]
        return json.dumps({"type": "member", **about, "what": line.notice, "people": who})
    return ""


def events_since(messages: Sequence[MessageRow], since: int) -> Iterator[str]:
    """What a program that saw everything up to the revision `since` has to hear of `messages`.

    Two queries at most: where there were reactions, and people who came or went.
    """
    notices = notice_events([one for one in messages if one.notice and one.first_revision > since])
    reactions = reaction_events([one for one in messages if _was_reacted_to(one, since)])
    for message in messages:
        if message.notice is not None:
            yield from _those(notices, message.pk)
        elif message.deleted_at is not None:
            yield deletion_event(message.pk, message.revision)
        else:
            if message.first_revision > since:
                yield message_event(message)
            elif (message.edited_revision or 0) > since:
                yield message_event(message, "edit")
            yield from _those(reactions, message.pk)


def all_of(message: MessageRow) -> tuple[str, ...]:
    """What a program has to hear of a message of which it may know nothing. A query at most."""
    return tuple(events_since([message], 0))


def _was_reacted_to(message: MessageRow, since: int) -> bool:
    return message.deleted_at is None and (message.reacted_revision or 0) > since


def _those(events: dict[int, str], pk: int) -> Iterable[str]:
    return (events[pk],) if pk in events else ()
