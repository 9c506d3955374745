"""Outgoing hooks are made, switched on and off, and removed, by the moderators of their room."""

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.audit import What
from integrations.actions.bots import create_bot
from integrations.actions.hooks import (
    HOOKS_AT_MOST,
    ONLY_MODERATORS,
    called,
    note,
    refuse_others,
    retire_bot,
    tell_room,
)
from integrations.models import OutgoingHook
from rooms.access import moderates
from rooms.actions.rejected import Rejected
from rooms.commands import COMMAND_NAMES
from rooms.models import Membership, Room

COMMAND_NAME = re.compile(r"[a-z]{1,30}")


@transaction.atomic
def make_outgoing(
    membership: Membership, *, kind: str, name: str, address: str, words: str = "", hint: str = ""
) -> OutgoingHook:
    """Let a program elsewhere hear of a room. Raises Rejected."""
    refuse_others(membership)
    room = membership.room
    there = OutgoingHook.objects.filter(room=room)
    if there.count() >= HOOKS_AT_MOST:
        said = {"number": HOOKS_AT_MOST}
        raise Rejected(_("There are %(number)d hooks here already: remove one first.") % said)
    if kind == OutgoingHook.Kind.COMMAND:
        words = command_name(words, there)
    try:
        bot = create_bot(membership.person, name, rooms=(room,))
    except ValidationError as invalid:
        raise Rejected(" ".join(invalid.messages)) from None
    hook = OutgoingHook.objects.create(
        room=room, maker=membership.person, bot=bot, kind=kind, name=name, address=address, words=words,
        hint=hint,
    )  # fmt: skip
    tell_room(membership, bot)
    note(membership, What.HOOK, bot, kind)
    note_listeners(room.pk)
    return hook


def command_name(words: str, others: QuerySet[OutgoingHook]) -> str:
    """How a command is typed, without its slash. Raises Rejected where it cannot be, or another is."""
    name = words.strip().removeprefix("/").lower()
    taken = name in COMMAND_NAMES or others.filter(kind=OutgoingHook.Kind.COMMAND, words=name).exists()
    if taken or not COMMAND_NAME.fullmatch(name):
        raise Rejected(_("A command is called by a word of letters from a to z that no other has."))
    return name


@transaction.atomic
def change_outgoing(
    membership: Membership, hook: OutgoingHook, *, name: str, address: str, words: str, hint: str
) -> None:
    """Let a hook be called otherwise, be elsewhere, or hear other words. Raises Rejected."""
    refuse_others(membership)
    if hook.kind == OutgoingHook.Kind.COMMAND:
        words = command_name(words, OutgoingHook.objects.filter(room=hook.room_id).exclude(pk=hook.pk))
    name = called(hook.bot, name)
    OutgoingHook.objects.filter(pk=hook.pk).update(name=name, address=address, words=words, hint=hint)


@transaction.atomic
def switch_on(membership: Membership, hook: OutgoingHook) -> None:
    """Ask a hook again that was switched off. Raises Rejected."""
    refuse_others(membership)
    OutgoingHook.objects.filter(pk=hook.pk).update(off_at=None, failing_since=None, problem="")
    note_listeners(hook.room_id)


@transaction.atomic
def remove_outgoing(membership: Membership, hook: OutgoingHook) -> None:
    """End a hook; what its bot said stays. Raises Rejected."""
    if not moderates(membership):
        raise Rejected(ONLY_MODERATORS)
    room = hook.room_id
    note(membership, What.HOOK_END, hook.bot, hook.kind)
    retire_bot(hook.bot)
    hook.delete()
    note_listeners(room)


def note_listeners(room_id: int) -> None:
    """Note in a room whether any program listens there: who posts need not look."""
    listening = OutgoingHook.objects.filter(
        room=room_id, kind=OutgoingHook.Kind.MESSAGES, off_at__isnull=True
    )
    Room.objects.filter(pk=room_id).update(is_listened=listening.exists())
