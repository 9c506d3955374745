"""What the people who have a page open in this process have not read, and the badges that say so.

One query tells, when the first page of somebody comes, which rooms they are in and how far they have
read; events keep it right, and a regular look repairs it. A message costs a process the note of its
number. Once a second the badges that are no longer true are written: those that say the same of the
same room are one frame, and what somebody looks at meanwhile is read before it is ever counted.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from database.batching import Batcher
from database.threads import in_database
from hypermedia.locales import Locale, fill, for_all_readers
from live import bus
from live.hub import SharedMessage
from rooms import events
from rooms.actions.reading import mark_again, read_rooms
from rooms.models import Membership
from rooms.models.mention import unread_mentions
from rooms.models.room import room_group
from rooms.models.values import ReadReceipt, RoomLink
from rooms.render.badges import (
    EMPTY,
    MENTIONS,
    MORE,
    REMINDERS,
    THREADS,
    Badge,
    all_badges,
    badge_changed,
    badge_of,
)
from rooms.render.reminders import reminder_is_due
from rooms.unread import desktop, followed, one_page, room_list, sounds, threads, titles
from rooms.unread.state import (
    LoadedViewer,
    PendingMention,
    RoomState,
    ViewerState,
    load_viewers,
    message_counts,
)

if TYPE_CHECKING:
    from live.hub import Socket
    from live.server_process import ServerProcess

EVERYTHING = Membership.Involvement.EVERYTHING
NOTHING = Membership.Involvement.NOTHING
# People whose rooms are read in one query: some ten thousand rows.
LOAD_LIMIT = 200
# It is written down at most so often what people have read by looking, in ticks of a second.
STORE_EVERY = 3
# How often all is compared with the database, in ticks; and for how many people, in turn.
REPAIR_EVERY = 5
REPAIRED_TOGETHER = 50
# Seconds in which a tick looks for badges; what is left waits for the next: pages wait, too.
WRITE_SECONDS = 0.05


class UnreadTracker:
    """The counts of one process. All but the queries is done in its event loop."""

    def __init__(self, process: "ServerProcess") -> None:
        self.process = process
        self.rooms: dict[int, RoomState] = {}
        self.readers: dict[int, ViewerState] = {}
        # Pages that show the newest messages of a room: what arrives while somebody looks there is read.
        self.pages_at_end: dict[Socket, int] = {}
        # Rooms whose badges may be wrong for everybody, and of which people some.
        self.changed: dict[int, None] = {}
        self.touched: dict[int, set[int]] = {}
        # Whose side shows other rooms since a badge is another, or in another order.
        self.arranged: dict[int, None] = {}
        # Messages that mean somebody, counted once it is known who saw them at once; and those of direct
        # conversations, which may be heard.
        self.meant: list[PendingMention] = []
        self.direct: list[PendingMention] = []
        # What was read by looking and is to be written down; whose mentions are to be counted afresh.
        self.looked: dict[int, set[int]] = {}
        self.recount: set[int] = set()
        self.threads = threads.ThreadNews()
        # How far they had read, by room and person, of whom that was written down last.
        self.stored: dict[tuple[int, int], int] = {}
        # Whose rooms are being read; who of them read something meanwhile, and what was posted where.
        self.loading: Counter[int] = Counter()
        self.overtaken: set[int] = set()
        self.heard: dict[int, int] = {}
        self.ticks = self.store_at = 0
        # The number of the last change of somebody's list of rooms that this process knows of.
        self.lists_known: int | None = None
        self._looking_at_lists = False
        self.was_cut_off = False
        self._storing = asyncio.Lock()
        self._load = Batcher(load_viewers, LOAD_LIMIT)

    # -- People come and go --------------------------------------------------------------

    async def welcome(self, socket: "Socket", current: str, shown: int | None) -> str:
        """All the badges, for a page that has come or returned; and the list of rooms, where it is another.

        The page is about the room with the slug `current`, and shows the list of the revision `shown`.
        Three queries for the first page of somebody.
        """
        person_id = socket.person_id
        while (reader := self.readers.get(person_id)) is None:
            await self.load([person_id])
        reader.pages[socket] = current
        if shown is not None and shown > reader.revision:
            # The page has heard of a change before this process did.
            await self.load([person_id])
        self.write({person_id: reader.rooms})
        # Whether a hidden room is on the page, its revision does not say.
        is_other = shown not in (None, reader.revision) or (shown is not None and reader.has_hidden)
        return (room_list.room_list_for(reader, current) if is_other else "") + all_badges(reader.shown)

    async def load(self, people: Iterable[int]) -> None:
        """Read where they are, and how far they have read."""
        if self.lists_known is None:
            self.lists_known = await in_database(room_list.latest_revision)()
        await asyncio.gather(*map(self._load_one, people))

    async def _load_one(self, person_id: int) -> None:
        self.loading[person_id] += 1
        try:
            await followed.follow(self.process, person_id)
            found = await self._load.do(person_id)
            while person_id in self.overtaken:
                self.overtaken.discard(person_id)
                found = await self._load.do(person_id)
            self._take(person_id, found)
        finally:
            self.loading -= Counter([person_id])
            if not self.loading:
                self.heard.clear()
                self.threads.loaded()

    def _take(self, person_id: int, found: LoadedViewer) -> None:
        reader = self.readers.setdefault(person_id, ViewerState())
        now = {place.room_id for place, _ in found.places}
        gone = set(reader.rooms).difference(now)
        for room_id in gone:
            self._leave(room_id, person_id)
        for place, link in found.places:
            room = self._named(link)
            if place.posts > room.posts:
                self.changed[place.room_id] = None
            room.posts = max(room.posts, place.posts, self.heard.get(place.room_id, 0))
            room.called = max(room.called, place.called)
            # What was read by looking may not be written down yet.
            seen = room.read.get(person_id, 0) if person_id in self.looked.get(place.room_id, ()) else 0
            room.read[person_id] = max(place.read, seen)
            room.involvement.pop(person_id, None)
            if place.involvement != EVERYTHING:
                room.involvement[person_id] = place.involvement
            for known, number in ((room.mentioned, place.mentioned), (room.gone, place.gone)):
                known.pop(person_id, None)
                if number and place.read >= seen:
                    known[person_id] = number
        before, links = reader.links, tuple(self._shared(link) for _, link in found.places)
        # Where only the order is another one, nothing moves: that would be because somebody looked.
        is_another = reader.revision != found.revision or set(links) != set(before)
        reader.mentions, reader.threads, reader.revision = found.mentions, found.threads, found.revision
        reader.by_activity, reader.sound, reader.on_desktop = found.by_activity, found.sound, found.on_desktop
        if found.reminders > reader.reminders:
            self._tell_reminder(reader)
        reader.reminders = found.reminders
        self.touched.setdefault(person_id, set()).update(now, gone)
        if is_another:
            self._take_list(person_id, reader, links)
            if reader.pages and (links != before or reader.has_hidden):
                room_list.write_room_list(reader)

    @staticmethod
    def _tell_reminder(reader: ViewerState) -> None:
        """A banner on all their pages: none on one that has just come, whose badge says as much."""
        with for_all_readers():
            html = reminder_is_due()
        for page in reader.pages:
            page.write_text(html)

    def _take_list(self, person_id: int, reader: ViewerState, links: tuple[RoomLink, ...]) -> None:
        """Their rooms are `links`, in that order. What it says of each is what the badges say."""
        reader.links = links
        self.write({person_id: self.touched.pop(person_id)})
        # What was unread before this has its place already.
        reader.links = links
        self.arranged.pop(person_id, None)

    def _named(self, link: RoomLink) -> RoomState:
        """The room of `link`, called as it is now."""
        room = self.rooms.setdefault(link.pk, RoomState(link.for_everybody))
        if room.link != link.for_everybody:
            room.link = link.for_everybody
            titles.rename(self.process, room_group(link.pk), link.name)
        return room

    def _shared(self, link: RoomLink) -> RoomLink:
        """The link of a room, the same object for all who see the same."""
        shared = self.rooms[link.pk].link
        return shared if link == shared else link

    def _leave(self, room_id: int, person_id: int) -> None:
        room = self.rooms[room_id]
        room.read.pop(person_id, None)
        room.mentioned.pop(person_id, None)
        room.gone.pop(person_id, None)
        room.involvement.pop(person_id, None)
        if not room.read:
            del self.rooms[room_id]

    def forget_those_who_left(self) -> None:
        """Keep nothing of people, and of pages, that are no longer there."""
        owed = set(self.loading).union(*self.looked.values())
        for person_id, reader in list(self.readers.items()):
            reader.pages = {page: current for page, current in reader.pages.items() if not page.closed}
            if not reader.pages and person_id not in owed:
                for room_id in reader.rooms:
                    self._leave(room_id, person_id)
                del self.readers[person_id]
        self.pages_at_end = {page: room_id for page, room_id in self.pages_at_end.items() if not page.closed}
        if not self.loading:
            followed.follow_only(self.process, self.rooms, self.readers)

    # -- What happens --------------------------------------------------------------------

    def posted(self, room_id: int, posts: int, called: Sequence[tuple[int, int]]) -> RoomState | None:
        """There are `posts` messages now; `called` are the number and author of each that called the room."""
        room = self.rooms.get(room_id)
        if room is None:
            if self.loading:
                self.heard[room_id] = posts
            return None
        if posts > room.posts:
            room.posts = posts
            self.changed[room_id] = None
        for number, author_id in called:
            room.called = max(room.called, number)
            self.meant.append(PendingMention(room_id, number, None, author_id))
        return room

    def means(self, room_id: int, number: int, people: Iterable[int]) -> None:
        """The message with that number is for `people`."""
        room = self.rooms[room_id]
        theirs = frozenset(people) & room.read.keys()
        for person_id in theirs:
            room.mentioned[person_id] = max(number, room.mentioned.get(person_id, 0))
        if theirs:
            self.meant.append(PendingMention(room_id, number, theirs))

    def read(self, room_id: int, posts: int, people: Iterable[int], *, back: bool = False) -> None:
        """These people have read a room up to `posts`; with `back`, and no further."""
        room = self.rooms.get(room_id)
        for person_id in people:
            if person_id in self.loading:
                self.overtaken.add(person_id)
            before = room.read.get(person_id) if room else None
            if room is None or before is None or before == posts or (before > posts and not back):
                continue
            room.read[person_id] = posts
            self.touched.setdefault(person_id, set()).add(room_id)
            if (room.gone.pop(person_id, 0) and posts < room.posts) or back:
                # How many of the rest were deleted has to be counted.
                self.process.spawn(self.load([person_id]))
            if room.last_for(person_id) > min(before, posts):
                self.recount.add(person_id)
            if room.mentioned.get(person_id, 0) <= posts:
                room.mentioned.pop(person_id, None)

    def ceased(self, message: events.CeasedMessage) -> None:
        """A message was deleted, or means others than it did: who has not read it is counted anew."""
        self.overtaken |= set(self.loading)
        room = self.rooms.get(message.room_id)
        if room is None:
            return
        if room.called == message.number:
            room.called = message.called
        if message.is_deleted:
            titles.one_less(self.process, room_group(message.room_id), message.number)
        behind = {person_id for person_id, read in room.read.items() if read < message.number}
        self.recount |= behind
        self.process.spawn(self.load(behind))

    def saw(self, room_id: int, people: Iterable[int]) -> None:
        """These people look at the newest messages of a room."""
        room = self.rooms.get(room_id)
        if room is None:
            return
        new = {pk for pk in people if room.read.get(pk, room.posts) < room.posts}
        if new:
            self.read(room_id, room.posts, new)
            self.looked.setdefault(room_id, set()).update(new)

    def last_number(self, room_id: int) -> int | None:
        """The number of a room's last message, as far as it is known here."""
        room = self.rooms.get(room_id)
        return room.posts if room else None

    def saw_page(self, socket: "Socket") -> int | None:
        """Somebody looks at this page, or did until now: the number of its last message, if it reads."""
        room_id = self.pages_at_end.get(socket, 0)
        self.saw(room_id, [socket.person_id])
        return self.rooms[room_id].posts if room_id in self.rooms else None

    def keep_unread(self, room_id: int, person_id: int) -> None:
        """Their pages of that room read nothing any longer, until it is opened anew."""
        for page, shown_room in list(self.pages_at_end.items()):
            if shown_room == room_id and page.person_id == person_id:
                del self.pages_at_end[page]
                page.write_text(titles.reading_input(False))

    # -- Once a second -------------------------------------------------------------------

    def tick(self) -> None:
        """Take as read what is looked at, and write the badges that have changed."""
        self.ticks += 1
        self._look()
        if not self._looking_at_lists:
            self.process.spawn(self.look_at_lists())
        self._count_mentions()
        if self.threads.are_due:
            self.process.spawn(self.look_at_threads())
        self._write_changed()
        if self.recount or (self.looked and self.ticks >= self.store_at):
            self.store_at = self.ticks + STORE_EVERY
            self.process.spawn(self.store())
        if self.ticks % REPAIR_EVERY == 0:
            self.forget_those_who_left()
            self.process.spawn(self.repair())

    def _look(self) -> None:
        away = titles.background_tabs(self.process)
        for room_id in self.changed:
            pages = self.process.hub.groups.get(room_group(room_id), ())
            looking = {page.person_id for page in pages if page in self.pages_at_end and page not in away}
            self.saw(room_id, looking)

    def _count_mentions(self) -> None:
        meant, self.meant = self.meant, []
        direct, self.direct = self.direct, []
        told: dict[int, dict[int, int]] = {}
        for one in meant:
            for person_id in self._missed_by(one):
                self.readers[person_id].mentions += 1
                self.touched.setdefault(person_id, set())
                self._note_told(told, person_id, one)
        for one in direct:
            for person_id in self._missed_by(one):
                self._note_told(told, person_id, one)
        if told:
            self._tell(told)

    def _note_told(self, told: dict[int, dict[int, int]], person_id: int, one: PendingMention) -> None:
        """They are to be told of it, as the newest in its room; not where that room tells them nothing."""
        reader, room = self.readers[person_id], self.rooms[one.room_id]
        if (reader.sound or reader.on_desktop) and room.involvement.get(person_id) != NOTHING:
            numbers = told.setdefault(person_id, {})
            numbers[one.room_id] = max(one.number, numbers.get(one.room_id, 0))

    def _missed_by(self, one: PendingMention) -> Iterator[int]:
        """Those here whom a message means, and who have not seen it at once."""
        room = self.rooms.get(one.room_id)
        if room is None:
            return
        for person_id in room.read if one.people is None else one.people & room.read.keys():
            if room.read[person_id] < one.number and person_id != one.author_id:
                yield person_id

    def _tell(self, told: Mapping[int, Mapping[int, int]]) -> None:
        """Let these people hear, and see, that something is for them: the numbers of messages, by room."""
        shown: list[desktop.Shown] = []
        for person_id, numbers in told.items():
            reader = self.readers[person_id]
            unseen = one_page.unseen_rooms(self.process, reader, numbers)
            page = one_page.page_that_tells(self.process, reader) if unseen else None
            if page is None:
                continue
            if reader.sound:
                sounds.play(page, reader.sound)
            link = next((link for link in reader.links if link.pk == unseen[-1]), None)
            if reader.on_desktop and link is not None:
                shown.append(desktop.Shown(page, link, numbers[link.pk], reader.on_desktop))
        if shown:
            self.process.spawn(desktop.show(shown))

    def _write_changed(self) -> None:
        until = monotonic() + WRITE_SECONDS
        touched, self.touched = self.touched, {}
        self.write(touched)
        while self.changed and monotonic() < until:
            room_id = next(iter(self.changed))
            del self.changed[room_id]
            if room_id in self.rooms:
                self.write(dict.fromkeys(self.rooms[room_id].read, (room_id,)))
        while self.arranged and monotonic() < until:
            person_id = next(iter(self.arranged))
            del self.arranged[person_id]
            if reader := self.readers.get(person_id):
                room_list.write_room_list(reader)

    @for_all_readers()
    def write(self, suspects: Mapping[int, Iterable[int]]) -> None:
        """Write the badges of `suspects`, rooms by person, that are not what is shown."""
        frames: dict[tuple[int, Badge, Locale], SharedMessage] = {}
        for person_id, rooms in suspects.items():
            reader = self.readers.get(person_id)
            if reader is None:
                continue
            for of, badge in self._differences(reader, person_id, rooms):
                for page in reader.pages:
                    kind = of, badge, page.locale
                    if kind not in frames:
                        frames[kind] = SharedMessage(fill(badge_changed(of, badge), page.locale))
                    page.write_shared(frames[kind])

    def _differences(
        self, reader: ViewerState, person_id: int, rooms: Iterable[int]
    ) -> list[tuple[int, Badge]]:
        """What is shown wrongly, and what it should be; it is taken as shown from here on."""
        changed: list[tuple[int, Badge]] = []
        turned: set[int] = set()
        for room_id in rooms:
            room, was_unread = self.rooms.get(room_id), room_id in reader.shown
            badge = room.badge(person_id) if room and person_id in room.read else EMPTY
            changed += reader.show(room_id, badge)
            if was_unread != (room_id in reader.shown):
                turned.add(room_id)
        if turned and reader.arrange(turned):
            self.arranged[person_id] = None
        if changed and (beyond := reader.beyond):
            changed += reader.show(MORE, reader.more(beyond))
        changed += reader.show(REMINDERS, badge_of(reader.reminders, True))
        changed += reader.show(THREADS, badge_of(len(reader.threads), False))
        return changed + reader.show(MENTIONS, badge_of(reader.mentions, True))

    # -- With the database ---------------------------------------------------------------

    async def look_at_lists(self) -> None:
        """Read the lists of rooms that have changed, and of which no event told. One query, mostly."""
        self._looking_at_lists = True
        try:
            number, known = await in_database(room_list.latest_revision)(), self.lists_known
            if known is not None and number > known:
                behind = await in_database(room_list.changed_since)(known)
                await self.load(pk for pk, at in behind.items() if self._is_behind(pk, at))
                await room_list.close_left_rooms(self.process, behind)
            self.lists_known = number
        finally:
            self._looking_at_lists = False

    async def look_at_threads(self) -> None:
        """Read in which threads something is new, where something has happened in them. One query, mostly."""
        others = await self.threads.look(self.readers, is_loading=bool(self.loading))
        self.write(dict.fromkeys(others, ()))
        await self.load(person_id for person_id, are_known in others.items() if not are_known)

    def _is_behind(self, person_id: int, revision: int) -> bool:
        reader = self.readers.get(person_id)
        return reader is not None and reader.revision < revision

    def title_for(self, person_id: int, room_id: int) -> str:
        """What somebody here sees a room called; an empty text where that is not known."""
        reader = self.readers.get(person_id)
        return reader.title_of(room_id) if reader else ""

    async def take_new_names(self, renamed: Collection[int]) -> None:
        """Read anew the rooms of those who have direct conversations with people who are called otherwise."""
        await self.load(
            person_id
            for person_id, reader in list(self.readers.items())
            if any(person.pk in renamed for link in reader.links for person in link.people)
        )

    async def store(self) -> None:
        """Write down what people read by looking, and count the mentions of those who read one."""
        async with self._storing:
            looked, self.looked = self.looked, {}
            recount, self.recount = self.recount, set()
            if looked:
                seen = list(self._seen(looked))
                self.stored = {(room_id, pk): posts for room_id, posts, people in seen for pk in people}
                await in_database(read_rooms)(seen)
            if recount:
                counts = await in_database(unread_mentions)(recount)
                for person_id in recount & self.readers.keys():
                    self.readers[person_id].mentions = counts[person_id]
                    self.touched.setdefault(person_id, set())

    async def mark_again(self, mark: events.UnreadMark) -> None:
        """Let a mark stand that was made while what was seen before it was written down."""
        seen = self.stored.get((mark.room_id, mark.person_id), 0)
        if seen > mark.read:
            async with self._storing:
                await in_database(mark_again)(mark, seen)

    def _seen(self, looked: dict[int, set[int]]) -> Iterator[ReadReceipt]:
        """How far each of them had read when they looked: who looked away since has not seen the rest."""
        for room_id, people in looked.items():
            upto: dict[int, list[int]] = {}
            for person_id in people:
                room = self.rooms.get(room_id)
                if room and person_id in room.read:
                    upto.setdefault(room.read[person_id], []).append(person_id)
            for posts, those in upto.items():
                yield ReadReceipt(room_id, posts, those)

    async def repair(self) -> None:
        """Compare with the database: all rooms, some people in their turn; everybody after an outage."""
        was_cut_off, self.was_cut_off = self.was_cut_off, bus.circuit.is_failing
        for room_id, posts in (await in_database(message_counts)(list(self.rooms))).items():
            self.posted(room_id, posts, ())
        everybody = list(self.readers)
        some = everybody if was_cut_off and not self.was_cut_off else everybody[:REPAIRED_TOGETHER]
        for person_id in some:
            self.readers[person_id] = self.readers.pop(person_id)
        async with self._storing:
            await self.load(some)


def tracker_of(process: "ServerProcess") -> UnreadTracker:
    """The counts of this process."""
    if "unread" not in process.app_state:
        process.app_state["unread"] = UnreadTracker(process)
    return process.app_state["unread"]
