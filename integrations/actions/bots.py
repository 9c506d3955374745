"""Bots: people of their own, as whom nobody signs in, and for whom whoever made them answers."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import departures
from accounts.actions import Rejected
from accounts.audit import What, record
from accounts.models import AuditEntry, Community, Person
from accounts.roles import Role
from integrations.actions.tokens import revoke_all
from rooms.actions.members import add_members, leave_room, put_in
from rooms.models import Membership, Room

# A username of a bot that is made for a hook, before what tells it from others.
STEM = "bot"
# What one person may have at once.
BOTS_AT_MOST = 20
NO_GUESTS = gettext_lazy("A guest cannot make bots.")


@transaction.atomic
def create_bot(owner: Person, name: str, *, rooms: tuple[Room, ...] = (), username: str = "") -> Person:
    """A bot of `owner` called `name`, put into `rooms`. Raises ValidationError where it may not be called so.

    It knows, as a guest does, only the rooms that it is put in.
    """
    bot = Person(
        username=username or f"{STEM}-{secrets.token_hex(4)}",
        display_name=name,
        is_bot=True,
        bot_owner=owner,
        role=Role.GUEST,
    )
    bot.set_unusable_password()
    bot.full_clean()
    bot.save()
    for room in rooms:
        put_in(room, [bot])
    return bot


@transaction.atomic
def make_bot(owner: Person, name: str) -> Person:
    """A bot that `owner` asks for, in no room yet. Raises Rejected; ValidationError as create_bot does."""
    if owner.is_guest or owner.is_bot:
        raise Rejected(NO_GUESTS)
    # Of two at once, one is second.
    Community.hold_names()
    if Person.objects.filter(bot_owner=owner, is_active=True).count() >= BOTS_AT_MOST:
        raise Rejected(_("You have %(most)d bots: delete one first.") % {"most": BOTS_AT_MOST})
    bot = create_bot(owner, name)
    record(owner, What.BOT, bot, details=name)
    return bot


@transaction.atomic
def rename_bot(bot: Person, name: str) -> None:
    """Call it otherwise. Raises ValidationError where it may not be called so."""
    Community.hold_names()
    bot.display_name = name
    bot.full_clean()
    bot.save(update_fields=["display_name"])


def put_bot_in(membership: Membership, bot: Person) -> None:
    """Put it in a room, as any member may put somebody there; the room says who did. Raises Rejected."""
    add_members(membership, [bot])


def take_bot_out(place: Membership) -> None:
    """Take it out of a room, which says so; its sockets there close. Raises Rejected, NotFound."""
    leave_room(place)


def switch_bot(actor: Person, bot: Person, *, is_on: bool) -> None:
    """Let it do nothing from now on, and end what it has open; or let it go on. Raises Rejected.

    What those have switched off who keep order, its owner does not switch on.
    """
    if is_on and bot.banned_at:
        raise Rejected(_("It was banned."))
    if is_on and not actor.administers and _was_deactivated(bot):
        raise Rejected(_("An administrator has switched it off."))
    bot.is_active = is_on
    bot.save(update_fields=["is_active"])


def _was_deactivated(bot: Person) -> bool:
    """Whether those who keep order have closed it, and not opened it again. One query."""
    about = AuditEntry.objects.filter(person=bot, what__in=(What.DEACTIVATE, What.REACTIVATE))
    last = about.order_by("-at", "-pk").first()
    return last is not None and last.what == What.DEACTIVATE


@transaction.atomic
def delete_bot(actor: Person, bot: Person) -> None:
    """Let it be no more: what it said stays, under no name, as that of people who leave."""
    record(actor, What.BOT_END, bot, details=bot.name)
    revoke_all(bot)
    departures.leave(bot, removes_messages=False)
