"""What everybody in a room sees of what happens there: rendered once, handed to `live`."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from accounts.models import Person
from accounts.names import renamed_since
from accounts.render import list_changed
from database.threads import in_database
from hypermedia.locales import for_all_readers
from live import bus
from live.presence import AWAY
from rooms import events
from rooms.events import NewMessages, NumberedMention, NumberedMessage
from rooms.models import Message, Room
from rooms.models.room import room_group
from rooms.models.values import MessageRow
from rooms.render import history, program_events, reactions, room_page

if TYPE_CHECKING:
    from live.server_process import ServerProcess

# How often what stands in a room is read again, where something happens there meanwhile.
TRIES = 5


@for_all_readers()
def messages_posted(
    messages: Iterable[MessageRow],
    threads: Iterable[MessageRow] = (),
    mentions: Mapping[int, Sequence[int]] = MappingProxyType({}),
) -> None:
    """New messages, in the order of their revisions, and `threads` that count them: a room in one event.

    And one for all of them together, to every process: somebody in it may be in those rooms and have no
    page of them open. `mentions` are the ids of the people whom a message means, by its id.
    """
    by_room: dict[int, list[MessageRow]] = {}
    for message in messages:
        by_room.setdefault(message.room_id, []).append(message)
    for room_id, new in by_room.items():
        bus.publish_fragment(
            room_group(room_id),
            "".join(map(room_page.message_posted, new))
            + "".join(room_page.message_changed(first) for first in threads if first.room_id == room_id)
            + history.trim_open_pages(room_id, (message.number for message in new)),
            json=map(program_events.message_event, new),
            revision=new[-1].revision,
            changes=len(new),
            news=len(new),
        )
    answered: dict[int, list[int]] = {}
    for first in threads:
        answered.setdefault(first.room_id, []).append(first.pk)
    new_by_room = [_new_messages(room_id, new, mentions) for room_id, new in by_room.items()]
    events.publish_posted(new_by_room, answered)


def _new_messages(
    room_id: int, new: Sequence[MessageRow], mentions: Mapping[int, Sequence[int]]
) -> NewMessages:
    """How many messages there are in the room now, and whom the new ones mean."""
    numbered = [(NumberedMessage(message.number, message.author_id), message.calls) for message in new]
    return NewMessages(
        room_id=room_id,
        message_count=new[-1].number,
        messages=[one for one, _ in numbered],
        for_room=[one for one, calls in numbered if calls == Message.Calls.ROOM],
        for_here=[one for one, calls in numbered if calls == Message.Calls.HERE],
        mentions=[
            NumberedMention(message.number, list(mentions[message.pk]))
            for message in new
            if mentions.get(message.pk)
        ],
    )


@for_all_readers()
def notice_posted(line: MessageRow) -> None:
    """A quiet line in a room: nobody counts it."""
    _tell_change(line, room_page.message_posted(line), *program_events.notice_events([line]).values())


@for_all_readers()
def message_changed(message: MessageRow) -> None:
    """A message is as it was not before, besides its words."""
    _tell_change(message, room_page.message_changed(message))


@for_all_readers()
def message_edited(message: MessageRow) -> None:
    """A message says something else: to programs, too."""
    _tell_change(message, room_page.message_changed(message), program_events.message_event(message, "edit"))


@for_all_readers()
def message_reacted_to(message: MessageRow) -> None:
    """Other reactions are under a message: to programs, too."""
    reactions = program_events.reaction_events([message]).values()
    _tell_change(message, room_page.message_changed(message), *reactions)


@for_all_readers()
def message_deleted(pk: int, changed: Iterable[MessageRow]) -> None:
    """The message `pk` was deleted; it and others that `changed` with it, as they are now."""
    changed = list(changed)
    message = next(one for one in changed if one.pk == pk)
    html = "".join(map(room_page.message_changed, changed))
    _tell_change(message, html, program_events.deletion_event(pk, message.revision))


def _tell_change(message: MessageRow, html: str, *json: str) -> None:
    bus.publish_fragment(room_group(message.room_id), html, json=json, revision=message.revision)


@for_all_readers()
def room_changed(room: Room) -> None:
    """A room is called otherwise, or is about something else."""
    bus.publish_fragment(room.group, room_page.heading(room), revision=room.revision)


@for_all_readers()
def typing(room: Room, person: Person) -> None:
    """Somebody is writing; the others see it for some seconds."""
    html = room_page.typing_note(person)
    bus.publish_fragment(room.group, html, exclude_person=person.pk)


async def show_new_names(process: "ServerProcess", since: int) -> None:
    """Say who reacted, on this process' pages of rooms, where somebody is called otherwise since `since`."""
    served = [int(group.removeprefix("room-")) for group in process.hub.groups if group.startswith("room-")]
    renamed = await in_database(renamed_since)(since)
    for group in map(room_group, served):
        # Their place in the list goes by name.
        if renamed & process.here.get(group, set()):
            process.deliver(group, await in_database(room_page.here_list)(process, group))
    found = await in_database(reactions.given_by_renamed)(served, since)
    for room_id, messages in found.items():
        await _show_reactions(process, room_group(room_id), messages)


async def _show_reactions(process: "ServerProcess", group: str, messages: Sequence[int]) -> None:
    for _ in range(TRIES):
        before = process.cursor.revision.get(group)
        html = await in_database(reactions.changed)(messages)
        # What was read before a change may not come after it.
        if process.cursor.revision.get(group) == before:
            process.deliver(group, html)
            return


async def people_came_and_went(
    process: "ServerProcess", place: str, arrived: set[int], left: set[int]
) -> None:
    """Keep the list of who is in a room, on this process' pages of it."""
    if place not in process.hub.groups:
        return
    ids, away = process.here.get(place, set()), process.here.get(AWAY, set())
    process.deliver(place, await in_database(list_changed)("here", ids, arrived, left, away))
