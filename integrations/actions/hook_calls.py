"""A call of an incoming hook: checked, read, posted, and written down in the log of the hook."""

import logging
from collections.abc import Mapping
from types import ModuleType
from typing import NamedTuple

from integrations.actions.buttons import keep_buttons, usable
from integrations.actions.hook_messages import Place, post_event, post_message
from integrations.actions.refused import Refused
from integrations.incoming.bodies import payload_in
from integrations.incoming.chat import read_message
from integrations.incoming.fields import BadPayload, line_of, text_of
from integrations.incoming.receivers import alertmanager, github, gitlab, grafana, sentry
from integrations.incoming.receivers.event import Call
from integrations.incoming.timestamps import ts_of
from integrations.models import Hook, HookCall
from integrations.models.hook_call import EXCERPT, KEPT
from live.limits import FixedWindowLimit
from rooms.models import Room

logger = logging.getLogger(__name__)

RECEIVERS: Mapping[str, ModuleType] = {
    Hook.Kind.GITHUB: github,
    Hook.Kind.GITLAB: gitlab,
    Hook.Kind.ALERTMANAGER: alertmanager,
    Hook.Kind.GRAFANA: grafana,
    Hook.Kind.SENTRY: sentry,
}
# Calls of one hook in a minute, and bytes of one: Slack takes less of either. A push may be longer.
CALL_LIMIT = FixedWindowLimit("hook-calls", 60, 60)
CHAT_BYTES = 100 * 1024


class Came(NamedTuple):
    """What came by HTTP: headers by their names in small letters, the body, the fields of a form."""

    headers: Mapping[str, str]
    body: bytes
    content_type: str
    form: Mapping[str, str]
    is_mrkdwn: bool = False


class Outcome(NamedTuple):
    """What became of a call: the answer's status and word, and a sentence; the `ts` of what was posted."""

    status: int
    word: str
    sentence: str
    ts: str = ""


def take(hook: Hook, came: Came) -> Outcome:
    """Do what a call asks, and note it. Never raises for what came."""
    if not CALL_LIMIT.take(hook.pk):
        return Outcome(429, "rate_limited", "Too many calls in a minute.")
    try:
        outcome = _take_chat(hook, came) if hook.kind == Hook.Kind.CHAT else _take_event(hook, came)
    except BadPayload:
        outcome = Outcome(400, "invalid_payload", "What came is no JSON object.")
    except Refused as refused:
        outcome = Outcome(refused.status, refused.word, refused.sentence)
    note(hook, came, outcome)
    return outcome


def _take_chat(hook: Hook, came: Came) -> Outcome:
    if len(came.body) + sum(map(len, came.form.values())) > 2 * CHAT_BYTES or len(came.body) > CHAT_BYTES:
        raise Refused("invalid_payload", 413, "It is longer than 100 KB.")
    payload = payload_in(came.body, came.content_type, came.form)
    message = read_message(payload, is_mrkdwn=came.is_mrkdwn)
    buttons = usable(hook, message)
    rows = post_message(hook, message, [one.label for one in buttons])
    if buttons:
        keep_buttons(hook, rows[-1], buttons)
    return Outcome(200, "ok", f"posted in {rows[0].slug}", ts_of(rows[0]))


def _take_event(hook: Hook, came: Came) -> Outcome:
    receiver = RECEIVERS[hook.kind]
    call = Call(came.headers, came.body, {})
    # Before anything of it is read, where that can be: a form's body is read by then.
    if not receiver.is_genuine(call, hook.secret):
        raise Refused("invalid_signature", 403, "It is not signed with the secret of this hook.")
    call = call._replace(payload=payload_in(came.body, came.content_type, came.form))
    event = receiver.read(call)
    if event is None:
        Place(hook, hook.room)
        return Outcome(200, "ignored", "ignored: nothing is said here of such events")
    if event.confidential and hook.room.kind != Room.Kind.CLOSED:
        return Outcome(200, "ignored", "ignored: it is confidential, and this room is open")
    return Outcome(200, "ok", post_event(hook, event))


def note(hook: Hook, came: Came, outcome: Outcome) -> None:
    """Write a call into the log of its hook, which keeps the last of them. Three queries."""
    receiver = RECEIVERS.get(hook.kind)
    event = receiver.event_name(Call(came.headers, b"", {})) if receiver else ""
    source = came.form.get("payload") or came.body[: 4 * EXCERPT].decode(errors="replace")
    HookCall.objects.create(
        hook=hook, event=line_of(event, 60), came=text_of(source)[:EXCERPT],
        status=outcome.status, outcome=line_of(outcome.sentence, 200),
    )  # fmt: skip
    oldest = list(hook.calls.values_list("pk", flat=True)[KEPT - 1 : KEPT])
    if oldest:
        hook.calls.filter(pk__lt=oldest[0]).delete()


def send_sample(hook: Hook) -> Outcome:
    """Let a hook get what its service might send, and take it as any call."""
    headers, body = sample_of(hook)
    return take(hook, Came(headers, body, "application/json", {}, is_mrkdwn=True))


def sample_of(hook: Hook) -> tuple[dict[str, str], bytes]:
    """A call as this kind of hook gets them, signed."""
    receiver = RECEIVERS.get(hook.kind)
    if receiver is None:
        return {}, b'{"text": "A *sample*: this is how your program speaks here."}'
    return receiver.sample(hook.secret)
