"""Programs elsewhere are told what people say: by the worker, again where that fails, and not for ever."""

import datetime
import json
import logging
from collections.abc import Sequence
from time import monotonic

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils.translation import gettext as _

from integrations.actions.hook_messages import Place
from integrations.actions.outgoing_hooks import note_listeners
from integrations.actions.refused import Refused
from integrations.incoming.chat import read_message
from integrations.incoming.timestamps import ts_of
from integrations.models import OutgoingCall, OutgoingHook
from integrations.outgoing.fields import message_fields
from integrations.outgoing.posting import Answer, Signed, post_form
from rooms.access import NotFound
from rooms.actions.direct import open_direct
from rooms.actions.messages_post import post_message
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Message

log = logging.getLogger(__name__)

# Seconds for an answer.
SECONDS = 6.0
# How long a call waits after each try; and how long a hook may take nothing before it is switched off.
PAUSES = [datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 420, 420)]
A_DAY = datetime.timedelta(days=1)
# What waits for one hook at most; what is tried in one go, and for so many seconds at most.
WAITING = 200
AT_ONCE = 100
PATIENCE = 25.0
# Longer than one call takes: who takes a call has it for that long.
TURN = datetime.timedelta(seconds=60)

# Sent after the commit: `call_id`.
call_waits = Signal()


def listen(messages: Sequence[int]) -> None:
    """Note whom the messages with these ids are for, and have them told. Two queries, three more a hook."""
    said = Message.objects.filter(pk__in=messages).only("pk", "room_id", "body")
    by_room: dict[int, list[Message]] = {}
    for message in said:
        by_room.setdefault(message.room_id, []).append(message)
    hooks = OutgoingHook.objects.filter(
        room__in=by_room, kind=OutgoingHook.Kind.MESSAGES, off_at__isnull=True
    )
    for hook in hooks:
        calls = [
            OutgoingCall(hook=hook, message=message, trigger=trigger)
            for message in by_room[hook.room_id]
            if (trigger := trigger_of(hook, message.body)) is not None
        ]
        if calls and hook.calls.count() + len(calls) <= WAITING:
            keep(hook, calls)


def keep(hook: OutgoingHook, calls: Sequence[OutgoingCall]) -> None:
    """Note what a hook is to be told: at once, or, where it does not answer, behind what waits for it."""
    before = hook.calls.order_by("-due_at").first()
    if before is not None:
        for call in calls:
            call.due_at = max(call.due_at, before.due_at)
    for call in OutgoingCall.objects.bulk_create(calls):
        if before is None:
            call_waits.send(sender=OutgoingCall, call_id=call.pk)


def trigger_of(hook: OutgoingHook, body: str) -> str | None:
    """The word that a message begins with, which the hook listens for; None where it is none of its."""
    triggers = hook.triggers
    if not triggers:
        return ""
    first = body.split(maxsplit=1)[0].lower() if body.strip() else ""
    return first if first in triggers else None


def send_due(now: datetime.datetime) -> None:
    """Tell what is due `now`, oldest first: of a hook that does not answer, one thing."""
    begun, silent = monotonic(), set()
    due = OutgoingCall.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    for pk, hook_id in due.values_list("pk", "hook_id")[:AT_ONCE]:
        if monotonic() - begun > PATIENCE:
            break
        if hook_id not in silent and not send(pk, now):
            silent.add(hook_id)


def send(call_id: int, now: datetime.datetime) -> bool:
    """Tell one hook of one message; whether it was taken, or there was nothing to tell."""
    if not _take(call_id, now):
        return True
    call = (
        OutgoingCall.objects.select_related("hook__room", "hook__bot", "hook__maker")
        .filter(pk=call_id)
        .first()
    )
    message = Message.objects.undeleted().with_author().select_related("room", "author").filter(
        pk=call.message_id if call else 0
    ).first()  # fmt: skip
    if call is None or message is None or call.hook.off_at is not None:
        OutgoingCall.objects.filter(pk=call_id).delete()
        return True
    hook = call.hook
    try:
        place = Place(hook, message.room)
    except Refused as refused:
        settle(call, Answer(410, refused.sentence, {}), now)
        return False
    answer = answer_to(call, message, now)
    if answer.is_taken and answer.said:
        say(place, call, answer)
    settle(call, answer, now)
    return answer.is_taken


@transaction.atomic
def _take(call_id: int, now: datetime.datetime) -> bool:
    """Take a call for a TURN, where it is due and nobody else has it; whether it is the caller's."""
    mine = OutgoingCall.objects.filter(pk=call_id)
    if not mine.filter(due_at__lte=now).update(due_at=now + TURN, tries=F("tries") + 1):
        return False
    # What else waits for its hook waits as long: it hears all in the order in which it was said.
    others = OutgoingCall.objects.filter(hook__in=mine.values("hook"), due_at__lt=now + TURN)
    others.update(due_at=now + TURN)
    return True


def answer_to(call: OutgoingCall, message: Message, now: datetime.datetime) -> Answer:
    """What the hook answers, asked once: what it said is kept with the call, whenever a worker ends."""
    if call.answer:
        return Answer(200, "", json.loads(call.answer))
    hook = call.hook
    fields = message_fields(hook, message, ts_of(message.row), call.trigger)
    by = Signed(hook.secret, hook.token, f"msg_{hook.pk}_{message.pk}", int(now.timestamp()))
    answer = post_form(hook.address, fields, by, SECONDS)
    if answer.is_taken and answer.said:
        OutgoingCall.objects.filter(pk=call.pk).update(answer=json.dumps(answer.said))
    return answer


def say(place: Place, call: OutgoingCall, answer: Answer) -> None:
    """Post what was answered: as a message, or, where it is a comment, in the thread of what was said.

    However often it is done, it is said once.
    """
    said = read_message(answer.said, is_mrkdwn=True)
    in_thread = answer.said.get("response_type") == "comment"
    if not said.text.strip():
        return
    try:
        answered = call.message_id if in_thread else None
        place.say_as(said, token=f"answer to {call.message_id}", reply_to=answered)
    except Refused as refused:
        log.warning("What a hook answered could not be said: %s", refused.sentence)


def settle(call: OutgoingCall, answer: Answer, now: datetime.datetime) -> None:
    """Note what became of a call: it is done, or tried again, or the hook is switched off."""
    hooks = OutgoingHook.objects.filter(pk=call.hook_id)
    if answer.is_taken:
        OutgoingCall.objects.filter(pk=call.pk).delete()
        if call.hook.failing_since or call.hook.problem:
            hooks.update(failing_since=None, problem="")
        go_on(call.hook_id, now)
        return
    since = call.hook.failing_since or now
    hooks.update(failing_since=since, problem=answer.problem)
    if answer.is_gone or now - since >= A_DAY:
        switch_off(call.hook, answer.problem, now)
    elif call.tries > len(PAUSES):
        OutgoingCall.objects.filter(pk=call.pk).delete()
    else:
        # With what else waits for it.
        OutgoingCall.objects.filter(hook=call.hook_id).update(due_at=now + PAUSES[call.tries - 1])


def go_on(hook_id: int, now: datetime.datetime) -> None:
    """Have a hook told of the next thing that waits for it."""
    waits = OutgoingCall.objects.filter(hook=hook_id)
    waits.update(due_at=now)
    if (call := waits.order_by("pk").first()) is not None:
        call_waits.send(sender=OutgoingCall, call_id=call.pk)


@transaction.atomic
def switch_off(hook: OutgoingHook, problem: str, now: datetime.datetime) -> None:
    """Ask a hook no longer, forget what waits for it, and tell who made it."""
    if not OutgoingHook.objects.filter(pk=hook.pk, off_at__isnull=True).update(off_at=now):
        return
    OutgoingCall.objects.filter(hook=hook).delete()
    note_listeners(hook.room_id)
    # In the same transaction: wherever a worker ends, it is off and its maker knows, or neither.
    tell_maker(hook, problem)


def tell_maker(hook: OutgoingHook, problem: str) -> None:
    """Write to who made a hook that it is switched off, in a direct conversation with its bot."""
    with hook.maker.locale.used():
        said = {"name": hook.name, "room": hook.room.name, "problem": problem}
        text = _(
            "%(name)s in %(room)s is switched off: %(problem)s. "
            "You can switch it on again in the settings of the room."
        )
        try:
            with transaction.atomic():
                room = open_direct(hook.bot, [hook.maker])
                post_message(Membership.objects.get(room=room, person=hook.bot_id), text % said)
        except (Rejected, NotFound) as why:
            log.warning("Nobody could be told that a hook is switched off: %s", why)
