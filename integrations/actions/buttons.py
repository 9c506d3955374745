"""A button of a hook's message is pressed: its program is asked, and may change the message."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from integrations.actions.hook_messages import Place, change_text
from integrations.actions.refused import Refused
from integrations.incoming.buttons import Button
from integrations.incoming.chat import IncomingMessage, read_message
from integrations.incoming.fields import at
from integrations.models import Hook, HookButtons
from integrations.outgoing.fields import TEAM
from integrations.outgoing.posting import FORM, JSON, Answer, post, urlencoded
from live.limits import FixedWindowLimit
from rooms.access import NotFound
from rooms.actions.message_change import change_message
from rooms.actions.muting import check_may_write
from rooms.actions.rejected import Rejected
from rooms.commands import CommandAnswer
from rooms.models import Membership, Message
from rooms.models.values import MessageRow

# Seconds for an answer; and presses of one person in a minute.
SECONDS = 3.0
PRESS_LIMIT = FixedWindowLimit("presses", 30, 60)


def usable(hook: Hook, message: IncomingMessage) -> list[Button]:
    """Those buttons of a message that somebody can be told of."""
    return [one for one in message.buttons if one.address or hook.buttons_to]


def keep_buttons(hook: Hook, row: MessageRow, buttons: list[Button]) -> None:
    """Note what the buttons of a message do."""
    HookButtons.objects.update_or_create(
        message_id=row.pk, defaults={"hook": hook, "buttons": [one._asdict() for one in buttons]}
    )


def press(membership: Membership, message: Message, number: int) -> Callable[[], Callable[[], CommandAnswer]]:
    """What asks, when a member presses a button, and gives what makes the answer.

    Raises Rejected, and NotFound where there is no such button.
    """
    held = HookButtons.objects.select_related("hook__room", "hook__bot", "hook__maker").filter(
        message=message
    )
    found = held.first()
    if found is None or not 0 <= number < len(found.buttons):
        raise NotFound
    check_may_write(membership.person)
    if not PRESS_LIMIT.take(membership.person_id):
        raise Rejected(_("That was a lot for one minute. Wait a moment, then send it again."))
    try:
        Place(found.hook, message.room)
    except Refused:
        raise Rejected(_("Nobody answers this button any longer.")) from None
    button = Button(**found.buttons[number])
    address, content_type, body = (mattermost if button.address else slack)(
        found.hook, membership, message, button
    )
    return partial(_ask, address, content_type, body, found.pk)


def mattermost(hook: Hook, membership: Membership, message: Message, button: Button) -> tuple[str, str, str]:
    """What Mattermost posts."""
    said = {
        "user_id": f"U{membership.person_id}",
        "user_name": membership.person.username,
        "channel_id": f"C{message.room_id}",
        "channel_name": message.room.slug,
        "team_id": TEAM,
        "post_id": str(message.pk),
        "type": "button",
        "context": json.loads(button.context or "null"),
    }
    return button.address, JSON, json.dumps(said)


def slack(hook: Hook, membership: Membership, message: Message, button: Button) -> tuple[str, str, str]:
    """What Slack posts: a form with JSON in it."""
    said = {
        "type": "block_actions",
        "user": {"id": f"U{membership.person_id}", "username": membership.person.username},
        "channel": {"id": f"C{message.room_id}", "name": message.room.slug},
        "team": {"id": TEAM},
        "message": {"text": message.body},
        "actions": [{"type": "button", "action_id": button.name, "value": button.value}],
    }
    return hook.buttons_to, FORM, urlencoded({"payload": json.dumps(said)})


def _ask(address: str, content_type: str, body: str, held_id: int) -> Callable[[], CommandAnswer]:
    return partial(_finish, held_id, post(address, body, content_type, None, SECONDS))


def _finish(held_id: int, answer: Answer) -> CommandAnswer:
    found = HookButtons.objects.select_related(
        "hook__room", "hook__bot", "hook__maker", "message__room"
    ).filter(pk=held_id).first()  # fmt: skip
    if found is None:
        raise NotFound
    if not answer.is_taken:
        raise Rejected(_("It does not answer: %(problem)s") % {"problem": answer.problem})
    try:
        update(found, answer.said)
    except Refused as refused:
        raise Rejected(refused.sentence) from None
    return CommandAnswer(read_message({"text": answer.said.get("ephemeral_text")}, is_mrkdwn=False).text)


def update(held: HookButtons, said: dict[str, Any]) -> None:
    """Change the message as its program says, if it does: its text, and its buttons. Raises Refused."""
    if isinstance(said.get("update"), dict):
        # Mattermost's.
        shown = {"text": at(said, "update", "message"), "props": at(said, "update", "props")}
        message = read_message(shown, is_mrkdwn=False)
    elif said.get("replace_original") is True:
        message = read_message(said, is_mrkdwn=True)
    else:
        return
    place = Place(held.hook, held.message.room)
    if message.text.strip():
        change_text(place, held.message, message.text)
    buttons = usable(held.hook, message)
    held.buttons = [one._asdict() for one in buttons]
    held.save()
    change_message(held.message, buttons="\n".join(one.label for one in buttons) or None)
