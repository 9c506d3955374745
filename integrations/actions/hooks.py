"""Incoming hooks are made, changed and removed, by the moderators of their room."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import What, record
from accounts.models import Person
from integrations.actions.bots import create_bot, rename_bot
from integrations.models import Hook
from integrations.models.hook import new_key
from rooms.access import moderates
from rooms.actions.members import take_out
from rooms.actions.muting import check_may_write
from rooms.actions.notices import post_notice
from rooms.actions.rejected import Rejected, refuse_archived
from rooms.models import Membership, Message

# Of one room.
HOOKS_AT_MOST = 30
ONLY_MODERATORS = gettext_lazy("Only a moderator of this room can do that.")


def refuse_others(membership: Membership) -> None:
    """Raise Rejected where somebody may not make or change hooks of a room."""
    if not moderates(membership):
        raise Rejected(ONLY_MODERATORS)
    refuse_archived(membership.room)
    check_may_write(membership.person)


@transaction.atomic
def make_hook(membership: Membership, kind: str, name: str, secret: str = "", buttons_to: str = "") -> Hook:
    """Let a program speak in a room, as a bot that is called `name`. Raises Rejected."""
    refuse_others(membership)
    room = membership.room
    if Hook.objects.filter(room=room).count() >= HOOKS_AT_MOST:
        raise Rejected(
            _("There are %(number)d hooks here already: remove one first.") % {"number": HOOKS_AT_MOST}
        )
    try:
        bot = create_bot(membership.person, name, rooms=(room,))
    except ValidationError as invalid:
        raise Rejected(" ".join(invalid.messages)) from None
    tell_room(membership, bot)
    note(membership, What.HOOK, bot, kind)
    return Hook.objects.create(
        room=room,
        maker=membership.person,
        bot=bot,
        kind=kind,
        name=bot.name,
        secret=secret or secret_for(kind),
        buttons_to=buttons_to,
    )


def secret_for(kind: str) -> str:
    """A new secret for a hook of a kind that must have one; none for another."""
    return new_key() if kind in (Hook.Kind.GITHUB, Hook.Kind.GITLAB) else ""


@transaction.atomic
def change_hook(membership: Membership, hook: Hook, *, name: str, secret: str, buttons_to: str) -> None:
    """Let a hook be called otherwise, or have another secret, or other buttons. Raises Rejected."""
    refuse_others(membership)
    name = called(hook.bot, name)
    Hook.objects.filter(pk=hook.pk).update(
        name=name, secret=secret or secret_for(hook.kind), buttons_to=buttons_to
    )


def called(bot: Person, name: str) -> str:
    """Call the bot of a hook `name`, and give how it is called then. Raises Rejected."""
    if bot.display_name != name:
        try:
            rename_bot(bot, name)
        except ValidationError as invalid:
            raise Rejected(" ".join(invalid.messages)) from None
    return bot.name


def tell_room(membership: Membership, bot: Person) -> None:
    """Say in a room who has put a program in it."""
    post_notice(membership.room, membership.person, Message.Notice.ADDED, [bot.pk])


def note(membership: Membership, what: What, bot: Person, kind: str = "") -> None:
    """Write down, inside a transaction, what a member did to the hook of that bot."""
    details = f"{bot.name}, {kind}" if kind else bot.name
    record(membership.person, what, bot, room=membership.room.name, details=details)


@transaction.atomic
def renew_key(membership: Membership, hook: Hook) -> None:
    """Give a hook another address; the old one is none any longer. Raises Rejected."""
    refuse_others(membership)
    Hook.objects.filter(pk=hook.pk).update(key=new_key())
    note(membership, What.HOOK_KEY, hook.bot)


@transaction.atomic
def remove_hook(membership: Membership, hook: Hook) -> None:
    """End a hook; what its bot said stays. Raises Rejected."""
    if not moderates(membership):
        raise Rejected(ONLY_MODERATORS)
    note(membership, What.HOOK_END, hook.bot, hook.kind)
    retire_bot(hook.bot)
    hook.delete()


def retire_bot(bot: Person) -> None:
    """Let a bot be nowhere any longer."""
    for place in Membership.objects.filter(person=bot):
        take_out(place)
    bot.is_active = False
    bot.save()
