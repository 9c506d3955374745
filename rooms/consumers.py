"""The sockets of a room: a page's, and a program's. Parse, check, call an action."""

import json
from collections.abc import Iterable, Sequence
from functools import partial
from time import monotonic
from typing import Any, Self
from urllib.parse import parse_qs

from django.db import DatabaseError, IntegrityError
from django.http import Http404
from django.utils.translation import gettext_lazy

from accounts.consumers import Missed, PersonConsumer
from database.threads import in_database
from hypermedia.fragments import seen_input
from live import away
from live.admission import Denials, Denied
from live.consumers import LiveConsumer
from live.frames import CUT_OFF, BadFrame, field, id_list, number, storage_problem
from live.hub import COME_BACK, NO_ACCESS
from live.limits import TokenBucket
from live.metrics import CATCH_UPS
from live.sequence import Changes
from live.server_process import circuit, close_forbidden
from rooms import access, broadcasts
from rooms.actions.drafts import save_draft
from rooms.actions.following import read_thread
from rooms.actions.messages_post import message_batcher
from rooms.actions.messages_prepare import NewMessage
from rooms.actions.rejected import Rejected
from rooms.actions.slash_commands import run_command
from rooms.actions.slow_commands import asked_from_loop
from rooms.changelog import Returning, returning_pages, room_id_of
from rooms.commands import Command, CommandAnswer, command_in
from rooms.models.direct import people_in
from rooms.models.values import MessageRow, title_of
from rooms.render import program_events, reactions, room_page, thread
from rooms.unread import marker, titles
from rooms.unread.tracker import tracker_of

# What a page says while somebody writes, a second, and at once: more is not passed on.
TYPING_RATE = 0.5
TYPING_BURST = 2
# Seconds in which a page may still say of its box what was so before it was sent (rooms/composer.html).
STILL_TYPING = 3.0
# Why a message was not posted, where that is not the person's doing.
GONE = gettext_lazy("You are no longer in this room: this was not sent.")
NOT_STORED = gettext_lazy("That could not be stored just now. Please send it again in a moment.")
OUR_FAULT = gettext_lazy("That did not work, and it is our fault. Please try again.")
NOT_THERE = gettext_lazy("That room is not here, or not yours.")


class RoomSocket(LiveConsumer):
    """What both kinds of socket share: members only, looked at again with every frame that acts."""

    __slots__ = ("membership_id", "name", "revision", "slug")

    def prepare(self) -> None:
        """Keep which room it is, of all the handshake."""
        slug = self.scope["url_route"]["kwargs"]["slug"]
        # An address may hold what no database can be asked for, and others are asked for with it.
        self.slug = "" if storage_problem(slug) else slug

    @classmethod
    def authorise(cls, arrivals: Sequence[Self]) -> Denials:
        """Members only; the place is the room."""
        found = access.memberships((arrival.open_socket.person_id, arrival.slug) for arrival in arrivals)
        people = people_in({room.pk for _, room in found.values() if room.is_direct})
        refused: Denials = {}
        for arrival in arrivals:
            place = found.get((arrival.open_socket.person_id, arrival.slug))
            if place is None or not arrival.open_socket.rights.are_for(place[1].group):
                refused[arrival] = Denied(NO_ACCESS, NOT_THERE)
            else:
                arrival.membership_id, room = place
                arrival.place, arrival.revision = room.group, room.revision
                others = [one for one in people.get(room.pk, ()) if one.pk != arrival.open_socket.person_id]
                arrival.name = title_of(room.kind, room.name, others)
        return refused

    async def enter(self) -> None:
        """Join the room's group: from here on nothing is missed."""
        await self.process.join(self.open_socket, self.place, self.revision)

    async def act(self, frame: dict[str, Any]) -> None:
        """Do what a frame asks, as the member who asks."""
        try:
            await self.act_as_member(frame)
        except Http404:
            close_forbidden(self.open_socket)
        except IntegrityError:
            # A room may go while something of it is stored.
            if await in_database(self.is_member)():
                raise
            close_forbidden(self.open_socket)
        except Rejected as rejected:
            raise BadFrame(str(rejected)) from None

    def is_member(self) -> bool:
        """Whether the room is there still, and they are in it. One query. Runs in a database thread."""
        try:
            access.membership(self.open_socket.person_id, self.slug)
        except access.NotFound:
            return False
        return True

    async def act_as_member(self, frame: dict[str, Any]) -> None:
        """Do what a frame asks. Raises NotFound, Rejected or BadFrame."""
        raise NotImplementedError

    async def post(self, text: str, token: str, **more: Any) -> MessageRow:
        """Post as the member this person is, together with what others post now; `more` is NewMessage's.

        Raises as an action does.
        """
        return await message_batcher.do(
            NewMessage(self.membership_id, self.open_socket.person_id, text, token, **more)
        )


class RoomConsumer(RoomSocket, PersonConsumer):
    """`/ws/rooms/<slug>/`: the page of a room."""

    __slots__ = ("drafted", "may_repeat", "nearly_full", "typing_allowance", "typing_from")

    def prepare(self) -> None:
        super().prepare()
        self.typing_allowance = TokenBucket(TYPING_RATE, TYPING_BURST)
        # From when on what the page says of somebody who writes is of another message.
        self.typing_from = 0.0
        # Whether what is sent may have been sent on an earlier line, too, whose answer was lost. It is not,
        # once somebody writes.
        self.may_repeat = True
        # Of the boxes on the page, the room's and a thread's: whose text may be stored as a draft, and which
        # say how much more they take.
        self.drafted: frozenset[str] = frozenset()
        self.nearly_full: frozenset[str] = frozenset()

    async def act_as_member(self, frame: dict[str, Any]) -> None:
        """Post, type, look at the page, a thread, or away from it, or return after a lost connection."""
        match frame.get("type"):
            case "message":
                await self.post_from(frame)
            case "draft":
                self.may_repeat = False
                self.tell_room_left(field(frame, "body"), box_of(frame))
                await self.keep_draft(field(frame, "body"), frame)
            case "typing":
                self.may_repeat = False
                if monotonic() >= self.typing_from and self.typing_allowance.take():
                    await in_database(self.tell_typing)()
            case "looking":
                away.looked_at(self.process, self.open_socket)
                await self.look()
            case "away":
                away.looked_away(self.process, self.open_socket)
                self.look_away()
            case "thread":
                await self.see_thread(number(frame, "thread"))
            case "reading":
                self.begin_to_read()
                self.write(titles.reading_input(True) + room_page.news_read())
            case _:
                await PersonConsumer.act(self, frame)

    async def post_from(self, frame: dict[str, Any]) -> None:
        """Post what the composer sent, or obey it; or say why not, and the text goes back to the box."""
        text, token = (text_or_nothing(frame.get(name)) for name in ("body", "token"))
        said, box = (text, token, "thread" in frame), box_of(frame)
        if "thread" not in frame:
            self.typing_from = monotonic() + STILL_TYPING
        is_drafted = box in self.drafted or bool(frame.get("drafted"))
        try:
            html = await self.post_or_obey(frame, is_drafted)
        except (Rejected, BadFrame) as refused:
            self.write(room_page.message_refused(str(refused), *said))
        except Http404:
            self.write(room_page.message_refused(str(GONE), *said))
            raise
        except DatabaseError as error:
            circuit.record_failure(error)
            if self.may_repeat:
                # It may be there: nobody knows until the database answers, and then the page asks again.
                self.open_socket.close(COME_BACK, "not stored yet")
            else:
                self.write(room_page.message_refused(str(NOT_STORED), *said))
        except Exception:
            self.write(room_page.message_refused(str(OUR_FAULT), *said))
            raise
        else:
            self.drafted -= {box}
            self.write(room_page.next_token(was_drafted=is_drafted, box=box) + html)

    async def post_or_obey(self, frame: dict[str, Any], is_drafted: bool) -> str:
        """What the page gets for it. Raises as `post` does, and BadFrame."""
        text, token = field(frame, "body"), field(frame, "token") if "token" in frame else ""
        if command := command_in(text):
            answer = await in_database(self.obey)(command, is_drafted, thread_of(frame))
            if answer.ask:
                answer = await in_database(await asked_from_loop(answer.ask))()
            return room_page.command_answer(answer) + room_page.message_arrived(token)
        answered, files = reply_target(frame), id_list(frame, "attachments")
        described = descriptions(frame, files)
        row = await self.post(
            text,
            token,
            reply_to=answered,
            is_drafted=is_drafted,
            attachments=files,
            descriptions=described,
            box=thread_of(frame),
        )
        # Its event brings the row to everybody; the one that waits stays until then.
        arrived = room_page.message_arrived(token, files)
        if await self.process.has_pushed(self.place, row.revision):
            return arrived
        self.process.when_pushed(self.place, row.revision, partial(self.write, arrived))
        return ""

    def obey(self, command: Command, is_drafted: bool, thread: int | None) -> CommandAnswer:
        """Do what a command asks, and forget it as a draft. Runs in a database thread."""
        membership = access.membership(self.open_socket.person_id, self.slug)
        answer = run_command(membership, command)
        if is_drafted:
            save_draft(membership, "", thread)
        return answer

    def tell_room_left(self, text: str, box: str) -> None:
        """Say how much more a box takes, once that is not much, and no longer than it is so."""
        was, self.nearly_full = (
            self.nearly_full,
            with_or_without(self.nearly_full, box, room_page.is_nearly_full(text)),
        )
        if box in was | self.nearly_full:
            self.write(room_page.room_left(text, box))

    async def keep_draft(self, text: str, frame: dict[str, Any]) -> None:
        """Keep what somebody has begun to write; the frame says whether there was something before.

        It comes through the socket that the message will, and says what is in the box when it is sent: so
        one that comes late finds the box empty, and cannot bring back what was said meanwhile.
        """
        box, was_drafted = box_of(frame), bool(frame.get("drafted"))
        if not (text or was_drafted or box in self.drafted):
            return
        is_drafted = await in_database(self.save_draft)(text, thread_of(frame))
        self.drafted = with_or_without(self.drafted, box, is_drafted)
        if is_drafted != was_drafted:
            # The page says it with the message, which may come through another socket.
            self.write(room_page.draft_input("on" if is_drafted else "", box))

    def save_draft(self, text: str, thread: int | None) -> bool:
        """Store it; in a thread that is there no longer nothing is kept. Runs in a database thread."""
        membership = access.membership(self.open_socket.person_id, self.slug)
        if thread is not None:
            try:
                thread = access.thread_in(membership, thread).pk
            except access.NotFound:
                return False
        return save_draft(membership, text, thread)

    async def look(self) -> None:
        """What came since somebody looked at the page is read, below a line that says that it is new."""
        left_off_at = titles.last_seen_number(self.process, self.open_socket)
        self.write(titles.on_focus(self.process, self.open_socket, self.room_name))
        tracker_of(self.process).saw_page(self.open_socket)
        if left_off_at is not None:
            self.write(await in_database(marker.marker_after)(room_id_of(self.place), left_off_at))

    @property
    def room_name(self) -> str:
        """What the room is called now, as far as this process knows."""
        title = tracker_of(self.process).title_for(self.open_socket.person_id, room_id_of(self.place))
        return title or self.name

    def look_away(self) -> None:
        """What they saw by now is read, and what comes from here on is counted."""
        last = tracker_of(self.process).saw_page(self.open_socket)
        page = self.process, self.open_socket, self.place, self.room_name
        newest = tracker_of(self.process).last_number(room_id_of(self.place))
        self.write(titles.on_blur(*page, left_off=last, last=newest))

    async def ended(self) -> None:
        """What somebody saw until they left the page is read; not what a cut connection kept back."""
        socket = self.socket
        if socket and self.close_code != CUT_OFF and socket not in titles.background_tabs(self.process):
            tracker_of(self.process).saw_page(socket)
        await super().ended()

    async def see_thread(self, first_id: int) -> None:
        """What came in a thread that is open beside the room is seen, while somebody looks at the page."""
        if self.open_socket not in titles.background_tabs(self.process):
            await in_database(self.note_thread_seen)(first_id)

    def note_thread_seen(self, first_id: int) -> None:
        """Write it down, for a member. Runs in a database thread."""
        read_thread(access.membership(self.open_socket.person_id, self.slug).person_id, first_id)

    def begin_to_read(self) -> None:
        """The page shows the newest messages, and somebody can see it: what arrives there is read."""
        unread = tracker_of(self.process)
        unread.pages_at_end[self.open_socket] = room_id_of(self.place)
        if self.open_socket not in titles.background_tabs(self.process):
            unread.saw_page(self.open_socket)

    def tell_typing(self) -> None:
        """Tell the others. Runs in a database thread."""
        membership = access.membership(self.open_socket.person_id, self.slug)
        if not membership.person.is_muted:
            broadcasts.typing(membership.room, membership.person)

    def changes_of_thread(self, first_id: int, since: int) -> str:
        """What happened in a thread since the revision `since`, for a member. Runs in a database thread."""
        room = access.membership(self.open_socket.person_id, self.slug).room
        return thread.thread_changes_since(room, first_id, since)

    async def names_missed(self, frame: dict[str, Any]) -> str:
        """Also who reacted to what, where they are called otherwise."""
        html = await super().names_missed(frame)
        if "names" in frame and not self.knows_all_names(frame):
            room, since = room_id_of(self.place), number(frame, "names")
            html += await self.process.ask(reactions.missed_since, room, since)
        return html

    async def resume(self, frame: dict[str, Any]) -> Missed:
        """Everything that a page which last saw the revision `seen` has missed."""
        since = number(frame, "seen")
        CATCH_UPS.inc()
        changes = await returning_pages.do(Returning(self.open_socket.person_id, self.slug, since))
        shared = changes.html + seen_input(changes.revision)
        shared += await self.process.ask(room_page.here_list, self.process, self.place)
        around = await super().resume(frame)
        own = around.own
        if "thread" in frame:
            own += await in_database(self.changes_of_thread)(number(frame, "thread"), since)
        page = self.process, self.open_socket, self.place, self.room_name
        own += titles.on_return(*page, frame.get("away"), changes.news, changes.newest)
        if frame.get("reading") == "1":
            self.begin_to_read()
        return Missed(shared + around.shared, own)


def text_or_nothing(value: object) -> str:
    """A text that may be answered with; nothing for whatever else a frame holds."""
    return value if isinstance(value, str) else ""


def box_of(frame: dict[str, Any]) -> str:
    """Which box of a page a frame is about: what the ids of its parts begin with."""
    return room_page.THREADS_BOX if "thread" in frame else ""


def thread_of(frame: dict[str, Any]) -> int | None:
    """The first message of the thread whose box it is, if it is one's. Raises BadFrame."""
    return number(frame, "thread") if "thread" in frame else None


def with_or_without(boxes: frozenset[str], box: str, is_in: bool) -> frozenset[str]:
    """The boxes, `box` among them or not."""
    return boxes | {box} if is_in else boxes - {box}


def reply_target(frame: dict[str, Any]) -> int | None:
    """The message that a composer answers: the one chosen, or else the first of the thread that it is in."""
    return next((number(frame, name) for name in ("reply_to", "thread") if name in frame), None)


def descriptions(frame: dict[str, Any], files: Iterable[int]) -> dict[int, str]:
    """What a composer says of what is to be seen or heard among `files`."""
    return {pk: said for pk in files if (said := text_or_nothing(frame.get(f"description-{pk}")))}


class ChatConsumer(RoomSocket):
    """`/ws/chat/<slug>/`: the same room, in JSON, for programs."""

    __slots__ = ("resumed_from",)

    json = True

    def prepare(self) -> None:
        super().prepare()
        # Where it goes on from, if its address says so: nothing newer is sent before what it missed.
        asked = parse_qs(self.scope.get("query_string", b"").decode(errors="replace"))
        self.resumed_from = asked.get("resume", [""])[0]

    async def enter(self) -> None:
        if not self.resumed_from:
            await super().enter()
            return
        self.open_socket.hold()
        await super().enter()
        try:
            await self.bring_missed({"resume": self.resumed_from})
        except BadFrame as bad:
            self.say(str(bad))
        finally:
            self.open_socket.release()

    async def act_as_member(self, frame: dict[str, Any]) -> None:
        """Post `message`; or, with `resume`, hear what was missed since that revision."""
        if "resume" in frame:
            await self.bring_missed(frame)
            return
        known = self.process.pushed_up_to(self.place)
        try:
            if not self.open_socket.rights.writes:
                raise BadFrame("This token is for reading.")
            token = field(frame, "token") if "token" in frame else ""
            row = await self.post(field(frame, "message"), token, reply_to=reply_target(frame))
        except (Rejected, BadFrame) as refused:
            self.say(str(refused), frame.get("token"))
        except DatabaseError as error:
            circuit.record_failure(error)
            self.say(str(NOT_STORED), frame.get("token"))
        else:
            if row.first_revision <= known:
                # It was there: what told of it was lost with a line, and may be too long ago for a resume.
                for event in await in_database(program_events.all_of)(row):
                    self.write(event)

    def changes(self, since: int) -> Changes:
        """What happened since the revision `since`, for a member. Runs in a database thread."""
        CATCH_UPS.inc()
        return room_page.changes_since(access.membership(self.open_socket.person_id, self.slug).room, since)

    async def bring_missed(self, frame: dict[str, Any]) -> None:
        """Send what happened since the revision at `resume`. Raises BadFrame."""
        changes = await in_database(self.changes)(number(frame, "resume"))
        for event in changes.json:
            self.write(event)

    def say(self, sentence: str, token: object = None) -> None:
        """An error, to the sender alone; it names the token of what could not be done, if that had one."""
        answered = {"token": token} if isinstance(token, str) else {}
        self.write(json.dumps({"type": "error", "error": sentence, **answered}))
