"""What everybody in a room sees of what happens there: rendered once, handed to `live`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from accounts.fragments import LIST_LENGTH, people
from accounts.models import Person
from accounts.names import followers
from live import bus
from live.database import in_database
from live.fragments import partial
from live.presence import on_change
from rooms import fragments, history
from rooms.models import Room
from rooms.models.message import Shown
from rooms.models.room import group_of
from rooms.pieces import reactions

if TYPE_CHECKING:
    from live.process import LiveProcess
    from rooms.actions.mentioning import Called
    from rooms.actions.reading import Looked

# How often what stands in a room is read again, where something happens there meanwhile.
TRIES = 5


def messages_posted(
    messages: Iterable[Shown], threads: Iterable[Shown] = (), called: Iterable["Called"] = ()
) -> None:
    """New messages, in the order of their revisions, and `threads` that count them: a room in one event.

    And one for all of them together, to every process: somebody in it may be in those rooms and have no
    page of them open. `called` are those that mean somebody.
    """
    of_rooms: dict[int, list[Shown]] = {}
    for message in messages:
        of_rooms.setdefault(message.room_id, []).append(message)
    for room_id, news in of_rooms.items():
        bus.publish_fragment(
            group_of(room_id),
            "".join(map(fragments.posted, news))
            + "".join(fragments.changed(first) for first in threads if first.room_id == room_id)
            + history.tidied(room_id, (message.number for message in news)),
            json=map(fragments.as_json, news),
            revision=news[-1].revision,
            changes=len(news),
            news=len(news),
        )
    _count(of_rooms, {one.message.pk: one.named for one in called})


def _count(of_rooms: Mapping[int, Sequence[Shown]], named: Mapping[int, Sequence[int]]) -> None:
    """How many messages there are in these rooms now, and whom the new ones mean."""
    rooms = []
    for room_id, news in of_rooms.items():
        by = [(message.number, message.author_id) for message in news]
        to_room = [pair for pair, message in zip(by, news, strict=True) if message.calls == "room"]
        to_here = [pair for pair, message in zip(by, news, strict=True) if message.calls == "here"]
        meant = [(message.number, list(named[message.pk])) for message in news if named.get(message.pk)]
        rooms.append((room_id, news[-1].number, by, to_room, to_here, meant))
    bus.publish("posted", rooms=rooms)


def rooms_read(looked: Iterable["Looked"]) -> None:
    """People have read rooms: it is so on their other pages."""
    bus.publish("read", rooms=[(room_id, posts, list(people)) for room_id, posts, people in looked])


def marked_unread(room_id: int, person_id: int, read: int) -> None:
    """Somebody wants a room to be unread from some message on; their pages of it leave it so."""
    bus.publish("marked_unread", room_id=room_id, person_id=person_id, read=read)


def rooms_changed(people: Collection[int]) -> None:
    """These people came into a room or left one, one of theirs is called otherwise, or they read them all."""
    bus.publish("rooms_changed", people=list(people))


def message_changed(message: Shown) -> None:
    """A message is as it was not before, besides its words."""
    _tell_change(message, fragments.changed(message))


def message_edited(message: Shown) -> None:
    """A message says something else: to programs, too."""
    _tell_change(message, fragments.changed(message), fragments.as_json(message))


def message_deleted(pk: int, changed: Iterable[Shown]) -> None:
    """The message `pk` was deleted; it and others that `changed` with it, as they are now."""
    changed = list(changed)
    message = next(one for one in changed if one.pk == pk)
    html = "".join(map(fragments.changed, changed))
    _tell_change(message, html, fragments.deletion_json(pk, message.revision))


def _tell_change(message: Shown, html: str, *json: str) -> None:
    bus.publish_fragment(group_of(message.room_id), html, json=json, revision=message.revision)


def room_changed(room: Room) -> None:
    """A room is called otherwise, or is about something else."""
    bus.publish_fragment(room.group, fragments.heading(room), revision=room.revision)


def typing(room: Room, person: Person) -> None:
    """Somebody is writing; the others see it for some seconds."""
    html = fragments.typing(person)
    bus.publish_fragment(room.group, html, besides=person.pk)


async def show_new_names(process: "LiveProcess", since: int) -> None:
    """Say who reacted, on this process' pages of rooms, where somebody is called otherwise since `since`."""
    served = [int(group.removeprefix("room-")) for group in process.hub.groups if group.startswith("room-")]
    found = await in_database(reactions.given_by_renamed)(served, since)
    for room_id, messages in found.items():
        await _show_reactions(process, group_of(room_id), messages)


async def _show_reactions(process: "LiveProcess", group: str, messages: Sequence[int]) -> None:
    for _ in range(TRIES):
        before = process.progress.revision.get(group)
        html = await in_database(reactions.changed)(messages)
        # What was read before a change may not come after it.
        if process.progress.revision.get(group) == before:
            process.hub.deliver(group, html)
            return


followers.append(show_new_names)


@on_change
async def people_came_and_went(process: "LiveProcess", place: str, arrived: set[int], left: set[int]) -> None:
    """Keep the list of who is in a room, on this process' pages of it."""
    if place not in process.hub.groups:
        return
    process.hub.deliver(place, await in_database(_changes)(process, place, arrived, left))


def _changes(process: "LiveProcess", place: str, arrived: set[int], left: set[int]) -> str:
    if len(arrived) + len(left) > LIST_LENGTH:
        # As after a restart. The list that is then shown is shorter than what has changed in it.
        return fragments.here_now(process, place)
    html = "".join(partial(f"#here-{pk}", "delete") for pk in left)
    if arrived:
        html += partial("#here", "upsert key:data-seq sort", people("here", arrived).html)
    return html + fragments.here_count(process, place)
