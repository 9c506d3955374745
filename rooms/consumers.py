"""The sockets of a room: a page's, and a program's. Parse, check, call an action."""

import json
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404

from accounts.consumers import PersonConsumer
from live.batches import Batches
from live.consumers import LiveConsumer, Refused
from live.counters import CATCH_UPS
from live.database import in_database
from live.feeds import Changes
from live.fragments import seen
from live.frames import BadFrame, field, number
from live.hub import NO_ACCESS
from live.limits import Allowance
from live.process import LiveProcess, show_out
from rooms import access, actions, attention, broadcasts, fragments
from rooms.models.message import Shown

# What a page says while somebody writes, a second, and at once: more is not passed on.
TYPING_RATE = 0.5
TYPING_BURST = 2

# Messages in one transaction: so many are stored in some 20 ms, for which the first of them waits.
POSTED_TOGETHER = 100


def posting(process: LiveProcess) -> Batches[actions.NewMessage, Shown]:
    """What the sockets of this process post, stored together: a commit costs the same for one as for many."""
    if "posting" not in process.memory:
        process.memory["posting"] = Batches(actions.post_messages, POSTED_TOGETHER)
    return process.memory["posting"]


class InRoom(LiveConsumer):
    """What both kinds of socket share: members only, looked at again with every frame that acts."""

    def prepare(self) -> None:
        """Keep which room it is, of all the handshake."""
        self.slug = self.scope["url_route"]["kwargs"]["slug"]

    def admit(self, person: AbstractBaseUser) -> str:
        """Members only; the place is the room."""
        try:
            membership = access.membership(person.pk, self.slug)
        except Http404:
            raise Refused(NO_ACCESS, "That room is not here, or not yours.") from None
        self.membership_id = membership.pk
        self.name = membership.room.name
        self.place = membership.room.group
        self.revision = membership.room.revision
        return self.place

    async def enter(self) -> None:
        """Join the room's group: from here on nothing is missed."""
        await self.process.join(self.open_socket, self.place, self.revision)

    async def act(self, frame: dict[str, Any]) -> None:
        """Do what a frame asks, as the member who asks."""
        try:
            await self.act_as_member(frame)
        except Http404:
            show_out(self.open_socket)
        except actions.Rejected as rejected:
            raise BadFrame(str(rejected)) from None

    async def act_as_member(self, frame: dict[str, Any]) -> None:
        """Do what a frame asks. Raises NotFound, Rejected or BadFrame."""
        raise NotImplementedError

    async def post(self, text: str, token: str) -> None:
        """Post as the member this person is, together with what others post now. Raises as an action does."""
        await posting(self.process).do(actions.NewMessage(self.membership_id, text, token))

    def changes(self, since: int) -> Changes:
        """What happened since the revision `since`, for a member. Runs in a database thread."""
        CATCH_UPS.inc()
        return fragments.changes_since(access.membership(self.open_socket.person_id, self.slug).room, since)


class RoomConsumer(InRoom, PersonConsumer):
    """`/ws/rooms/<slug>/`: the page of a room."""

    def prepare(self) -> None:
        super().prepare()
        self.typing_allowance = Allowance(TYPING_RATE, TYPING_BURST)

    async def act_as_member(self, frame: dict[str, Any]) -> None:
        """Post, type, look at the page or away from it, or return after a lost connection."""
        match frame.get("type"):
            case "message":
                await self.post_from(frame)
            case "typing":
                if self.typing_allowance.take():
                    await in_database(self.tell_typing)()
            case "looking":
                self.write(attention.look(self.process, self.open_socket, self.name))
            case "away":
                self.write(attention.look_away(self.process, self.open_socket, self.place, self.name))
            case _:
                await PersonConsumer.act(self, frame)

    async def post_from(self, frame: dict[str, Any]) -> None:
        """Post what the composer sent; the answer is a fresh token, or why not, with the text."""
        text, token = field(frame, "body"), field(frame, "token") if "token" in frame else ""
        try:
            await self.post(text, token)
        except actions.Rejected as rejected:
            self.write(fragments.refusal(str(rejected), text))
        else:
            self.write(fragments.fresh_composer())

    def tell_typing(self) -> None:
        """Tell the others. Runs in a database thread."""
        membership = access.membership(self.open_socket.person_id, self.slug)
        broadcasts.typing(membership.room, membership.person)

    async def resume(self, frame: dict[str, Any]) -> str:
        """Everything that a page which last saw the revision `seen` has missed."""
        since = number(frame, "seen")
        changes = await in_database(self.changes)(since)
        html = changes.html + seen(changes.revision)
        html += attention.returned(
            self.process, self.open_socket, self.place, self.name, frame.get("away"), changes.news
        )
        html += await in_database(fragments.here_now)(self.process, self.place)
        return html + await super().resume(frame)


class ChatConsumer(InRoom):
    """`/ws/chat/<slug>/`: the same room, in JSON, for programs."""

    json = True

    async def act_as_member(self, frame: dict[str, Any]) -> None:
        """Post `message`; or, with `resume`, hear what was missed since that revision."""
        if "resume" in frame:
            changes = await in_database(self.changes)(number(frame, "resume"))
            for event in changes.json:
                self.write(event)
            return
        token = field(frame, "token") if "token" in frame else ""
        await self.post(field(frame, "message"), token)

    def say(self, sentence: str) -> None:
        """An error, to the sender alone."""
        self.write(json.dumps({"type": "error", "error": sentence}))
