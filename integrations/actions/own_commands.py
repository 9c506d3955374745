"""Commands of one's own: a program elsewhere is asked, and answers who typed it, or everybody."""

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.actions.hook_messages import Place
from integrations.actions.refused import Refused
from integrations.incoming.chat import read_message
from integrations.incoming.fields import objects_in, text_at
from integrations.incoming.markdown import is_web
from integrations.models import CommandCall, OutgoingHook
from integrations.outgoing.fields import command_fields
from integrations.outgoing.posting import Answer, Signed, post_form
from live import bus
from live.limits import FixedWindowLimit
from rooms.access import NotFound, why_not_write
from rooms.actions.muting import check_may_write
from rooms.actions.rejected import Rejected
from rooms.commands import Command, CommandAnswer, Example
from rooms.markup import render_markup
from rooms.models import Membership
from rooms.render.room_page import command_answer

# Seconds for an answer: as Slack has it.
SECONDS = 3.0
# How often, and for how long, a command may be answered later.
ANSWERS = 5
ANSWERED_FOR = datetime.timedelta(minutes=30)
# More that an answer may hold: Mattermost's extra_responses.
EXTRA = 5
# Commands of one person in a minute.
COMMAND_LIMIT = FixedWindowLimit("own-commands", 30, 60)

# What other processes are told, for one person in a room.
WHISPERED = "whispered"


def examples(room_id: int) -> list[Example]:
    """The commands that a room has of its own, for /help and suggestions. One query."""
    there = OutgoingHook.objects.filter(room=room_id, kind=OutgoingHook.Kind.COMMAND, off_at__isnull=True)
    named = there.order_by("words").values_list("words", "hint", "name")
    return [Example(f"/{words}", hint or name) for words, hint, name in named]


def run(membership: Membership, command: Command) -> CommandAnswer | None:
    """Ask what has that command here; None where nothing has. Raises Rejected."""
    hooks = OutgoingHook.objects.select_related("room", "bot", "maker")
    of_room = hooks.filter(room=membership.room_id, kind=OutgoingHook.Kind.COMMAND, off_at__isnull=True)
    hook = of_room.filter(words=command.name).first()
    if hook is None:
        return None
    check_may_write(membership.person)
    author = Membership.objects.authors([membership.pk])[membership.pk]
    if why := why_not_write(author):
        raise Rejected(str(why))
    if not COMMAND_LIMIT.take(membership.person_id):
        raise Rejected(_("That was a lot for one minute. Wait a moment, then send it again."))
    try:
        Place(hook, hook.room)
    except Refused:
        raise Rejected(_("Nobody answers /%(name)s any longer.") % {"name": command.name}) from None
    now = timezone.now()
    CommandCall.objects.filter(hook=hook, asked_at__lt=now - ANSWERED_FOR).delete()
    call = CommandCall.objects.create(hook=hook, person=membership.person, asked_at=now)
    fields = command_fields(
        call, command.words, settings.SITE_URL + reverse("command_answer", args=[call.key])
    )
    by = Signed(hook.secret, hook.token, f"cmd_{call.pk}", int(now.timestamp()))
    return CommandAnswer(ask=partial(_ask, hook.address, fields, by, call.pk))


def _ask(address: str, fields: dict[str, str], by: Signed, call_id: int) -> Callable[[], CommandAnswer]:
    answer = post_form(address, fields, by, SECONDS)
    return partial(_finish, call_id, answer)


def _finish(call_id: int, answer: Answer) -> CommandAnswer:
    calls = CommandCall.objects.select_related("hook__room", "hook__bot", "hook__maker", "person")
    call = calls.filter(pk=call_id).first()
    if call is None:
        raise NotFound
    if not answer.is_taken:
        said = {"name": call.hook.words, "problem": answer.problem}
        return CommandAnswer(_("/%(name)s does not answer: %(problem)s") % said)
    try:
        return reply(call, answer.said)
    except Refused as refused:
        return CommandAnswer(refused.sentence)


def reply(call: CommandCall, said: dict[str, Any]) -> CommandAnswer:
    """Say what was answered: to everybody, or give it for who typed the command. Raises Refused."""
    alone = []
    for one in (said, *objects_in(said.get("extra_responses"), EXTRA)):
        message = read_message(one, is_mrkdwn=True)
        if not message.text.strip():
            continue
        if text_at(one, "response_type") == "in_channel":
            place = Place(call.hook, call.hook.room)
            place.say_as(message)
        else:
            alone.append(message.text)
    leads_to = text_at(said, "goto_location")
    if is_web(leads_to):
        return CommandAnswer("\n".join(alone), address=leads_to, words=leads_to)
    html = "".join(render_markup(text, {}).html for text in alone)
    return CommandAnswer(f"{call.hook.name}:" if html else "", html=html)


def take_answer(key: str) -> CommandCall:
    """The command that this key answers, once more. Raises NotFound where it may not any longer."""
    now = timezone.now()
    there = Membership.objects.filter(room=OuterRef("hook__room"), person=OuterRef("person"))
    calls = CommandCall.objects.filter(key=key, answers__lt=ANSWERS, asked_at__gt=now - ANSWERED_FOR)
    calls = calls.filter(Exists(there))
    if not calls.update(answers=F("answers") + 1):
        raise NotFound
    hooks = ("hook__room", "hook__bot", "hook__maker", "person")
    return CommandCall.objects.select_related(*hooks).get(key=key)


def answer_later(call: CommandCall, said: dict[str, Any]) -> None:
    """Say what comes for a command later. Raises Refused."""
    Place(call.hook, call.hook.room)
    answer = reply(call, said)
    if answer.html or answer.sentence:
        group, html = call.hook.room.group, command_answer(answer)
        bus.publish(WHISPERED, group=group, place=group, person=call.person_id, html=html)
