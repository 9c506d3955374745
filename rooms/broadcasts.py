"""What everybody in a room sees of what happens there: rendered once, handed to `live`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from accounts.models import Person
from accounts.names import on_new_names
from accounts.render import LIST_LENGTH, people_list
from database.threads import in_database
from hypermedia.fragments import hx_partial
from live import bus
from live.presence import on_change
from rooms.models import Room
from rooms.models.message import MessageRow
from rooms.models.room import room_group
from rooms.render import history, reactions, room_page

if TYPE_CHECKING:
    from live.server_process import ServerProcess
    from rooms.actions.mentions import MentionTargets
    from rooms.actions.reading import ReadReceipt

# How often what stands in a room is read again, where something happens there meanwhile.
TRIES = 5


def messages_posted(
    messages: Iterable[MessageRow],
    threads: Iterable[MessageRow] = (),
    called: Iterable["MentionTargets"] = (),
) -> None:
    """New messages, in the order of their revisions, and `threads` that count them: a room in one event.

    And one for all of them together, to every process: somebody in it may be in those rooms and have no
    page of them open. `called` are those that mean somebody.
    """
    of_rooms: dict[int, list[MessageRow]] = {}
    for message in messages:
        of_rooms.setdefault(message.room_id, []).append(message)
    for room_id, news in of_rooms.items():
        bus.publish_fragment(
            room_group(room_id),
            "".join(map(room_page.message_posted, news))
            + "".join(room_page.message_changed(first) for first in threads if first.room_id == room_id)
            + history.trim_open_pages(room_id, (message.number for message in news)),
            json=map(room_page.message_json, news),
            revision=news[-1].revision,
            changes=len(news),
            news=len(news),
        )
    _count(of_rooms, {one.message.pk: one.named for one in called})


def _count(of_rooms: Mapping[int, Sequence[MessageRow]], named: Mapping[int, Sequence[int]]) -> None:
    """How many messages there are in these rooms now, and whom the new ones mean."""
    rooms = []
    for room_id, news in of_rooms.items():
        by = [(message.number, message.author_id) for message in news]
        to_room = [pair for pair, message in zip(by, news, strict=True) if message.calls == "room"]
        to_here = [pair for pair, message in zip(by, news, strict=True) if message.calls == "here"]
        meant = [(message.number, list(named[message.pk])) for message in news if named.get(message.pk)]
        rooms.append((room_id, news[-1].number, by, to_room, to_here, meant))
    bus.publish("posted", rooms=rooms)


def rooms_read(looked: Iterable["ReadReceipt"]) -> None:
    """People have read rooms: it is so on their other pages."""
    bus.publish("read", rooms=[(room_id, posts, list(people)) for room_id, posts, people in looked])


def marked_unread(room_id: int, person_id: int, read: int) -> None:
    """Somebody wants a room to be unread from some message on; their pages of it leave it so."""
    bus.publish("marked_unread", room_id=room_id, person_id=person_id, read=read)


def rooms_changed(people: Collection[int]) -> None:
    """These people came into a room or left one, one of theirs is called otherwise, or they read them all."""
    bus.publish("rooms_changed", people=list(people))


def message_changed(message: MessageRow) -> None:
    """A message is as it was not before, besides its words."""
    _tell_change(message, room_page.message_changed(message))


def message_edited(message: MessageRow) -> None:
    """A message says something else: to programs, too."""
    _tell_change(message, room_page.message_changed(message), room_page.message_json(message))


def message_deleted(pk: int, changed: Iterable[MessageRow]) -> None:
    """The message `pk` was deleted; it and others that `changed` with it, as they are now."""
    changed = list(changed)
    message = next(one for one in changed if one.pk == pk)
    html = "".join(map(room_page.message_changed, changed))
    _tell_change(message, html, room_page.deletion_json(pk, message.revision))


def _tell_change(message: MessageRow, html: str, *json: str) -> None:
    bus.publish_fragment(room_group(message.room_id), html, json=json, revision=message.revision)


def room_changed(room: Room) -> None:
    """A room is called otherwise, or is about something else."""
    bus.publish_fragment(room.group, room_page.heading(room), revision=room.revision)


def typing(room: Room, person: Person) -> None:
    """Somebody is writing; the others see it for some seconds."""
    html = room_page.typing_note(person)
    bus.publish_fragment(room.group, html, exclude_person=person.pk)


async def show_new_names(process: "ServerProcess", since: int) -> None:
    """Say who reacted, on this process' pages of rooms, where somebody is called otherwise since `since`."""
    served = [int(group.removeprefix("room-")) for group in process.hub.groups if group.startswith("room-")]
    found = await in_database(reactions.given_by_renamed)(served, since)
    for room_id, messages in found.items():
        await _show_reactions(process, room_group(room_id), messages)


async def _show_reactions(process: "ServerProcess", group: str, messages: Sequence[int]) -> None:
    for _ in range(TRIES):
        before = process.cursor.revision.get(group)
        html = await in_database(reactions.changed)(messages)
        # What was read before a change may not come after it.
        if process.cursor.revision.get(group) == before:
            process.hub.deliver(group, html)
            return


on_new_names.append(show_new_names)


@on_change
async def people_came_and_went(
    process: "ServerProcess", place: str, arrived: set[int], left: set[int]
) -> None:
    """Keep the list of who is in a room, on this process' pages of it."""
    if place not in process.hub.groups:
        return
    process.hub.deliver(place, await in_database(_changes)(process, place, arrived, left))


def _changes(process: "ServerProcess", place: str, arrived: set[int], left: set[int]) -> str:
    if len(arrived) + len(left) > LIST_LENGTH:
        # As after a restart. The list that is then shown is shorter than what has changed in it.
        return room_page.here_list(process, place)
    html = "".join(hx_partial(f"#here-{pk}", "delete") for pk in left)
    if arrived:
        html += hx_partial("#here", "upsert key:data-seq sort", people_list("here", arrived).html)
    return html + room_page.here_count_changed(process, place)
