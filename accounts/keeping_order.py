"""Order among people is kept: a verb a function, one transaction each, written down in it.

Each takes who does it first, and raises Rejected with a sentence for them.
"""

import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import Rejected, end_sessions
from accounts.addresses import compared
from accounts.audit import What, in_english, record
from accounts.models import (
    Awaits,
    BannedAddress,
    Community,
    LastOwner,
    Person,
    admitted,
    new_join_token,
)
from accounts.roles import may_act_on, roles_to_give

NOT_YOURS = _("That is for somebody who may do more here than you.")
NOT_ONESELF = _("You cannot do that to yourself.")
# For how long somebody may be muted, in minutes.
MUTES: dict[int, str | Promise] = {
    10: _("ten minutes"),
    60: _("an hour"),
    24 * 60: _("a day"),
    7 * 24 * 60: _("a week"),
    30 * 24 * 60: _("thirty days"),
}


def _locked(actor: Person, person: Person) -> Person:
    """`person` as they are now, kept as they are to the end of the transaction. Raises Rejected."""
    if actor.pk == person.pk:
        raise Rejected(NOT_ONESELF)
    # The community before anybody in it, as whoever renames somebody does: nobody waits for each other.
    Community.hold()
    doing = Person.objects.get(pk=actor.pk)
    found = Person.objects.select_for_update().filter(pk=person.pk).first()
    if found is None or not doing.is_active or not may_act_on(doing.role, found.role):
        raise Rejected(NOT_YOURS)
    return found


@transaction.atomic
def change_role(actor: Person, person: Person, role: str) -> None:
    """Let `person` be something else in the community; one's own role may be changed as well."""
    Community.hold()
    doing = Person.objects.get(pk=actor.pk)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if role not in dict(roles_to_give(doing.role)) or not may_act_on(doing.role, person.role):
        raise Rejected(NOT_YOURS)
    if role == person.role:
        return
    before, person.role = person.role, role
    try:
        person.save(update_fields=["role"])
    except LastOwner as last:
        raise Rejected(last.message) from None
    record(actor, What.ROLE, person, details=f"from {before} to {role}")


@transaction.atomic
def deactivate(actor: Person, person: Person) -> None:
    """Close the account of `person`; their sessions and pages end at once."""
    person = _locked(actor, person)
    if not person.is_active:
        return
    _close(person)
    record(actor, What.DEACTIVATE, person)


def _close(person: Person, **values: object) -> None:
    """No longer let `person` in, and end what they have open."""
    person.is_active = False
    for name, value in values.items():
        setattr(person, name, value)
    try:
        person.save(update_fields=["is_active", *values])
    except LastOwner as last:
        raise Rejected(last.message) from None
    end_sessions(person)


@transaction.atomic
def reactivate(actor: Person, person: Person) -> None:
    """Open the account of `person` again."""
    person = _locked(actor, person)
    if person.banned_at:
        raise Rejected(gettext("%(name)s is banned: lift the ban instead.") % {"name": person.name})
    if person.awaits:
        raise Rejected(gettext("%(name)s waits to be let in.") % {"name": person.name})
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        record(actor, What.REACTIVATE, person)


@transaction.atomic
def ban(actor: Person, person: Person, why: str = "") -> None:
    """Put `person` out: at once, and so that neither the join link nor their address leads back.

    They may know the join link, so there is a new one.
    """
    person = _locked(actor, person)
    if person.banned_at:
        return
    _close(person, banned_at=timezone.now(), awaits="")
    addresses = {person.email, *EmailAddress.objects.filter(user=person).values_list("email", flat=True)}
    BannedAddress.objects.bulk_create(
        [BannedAddress(address=one, person=person) for one in {compared(a) for a in addresses if a}],
        ignore_conflicts=True,
    )
    Community.objects.filter(pk=Community.hold().pk).update(join_token=new_join_token())
    record(actor, What.BAN, person, details=why)


@transaction.atomic
def unban(actor: Person, person: Person) -> None:
    """Let `person` come in again."""
    person = _locked(actor, person)
    if not person.banned_at:
        return
    person.banned_at, person.is_active = None, True
    person.save(update_fields=["banned_at", "is_active"])
    BannedAddress.objects.filter(person=person).delete()
    record(actor, What.UNBAN, person)


@transaction.atomic
def mute(actor: Person, person: Person, minutes: int) -> None:
    """Let `person` write nothing for so many minutes, one of MUTES."""
    if minutes not in MUTES:
        raise Rejected(gettext("Choose for how long."))
    person = _locked(actor, person)
    person.muted_until = timezone.now() + datetime.timedelta(minutes=minutes)
    person.save(update_fields=["muted_until"])
    # The audit is everybody's who keeps order, wherever they are.
    moment = timezone.localtime(person.muted_until, timezone.get_default_timezone())
    with in_english():
        details = f"for {MUTES[minutes]}, until {date_format(moment, 'j F Y, H:i T')}"
    record(actor, What.MUTE, person, details=details)


@transaction.atomic
def unmute(actor: Person, person: Person) -> None:
    """Let `person` write again."""
    person = _locked(actor, person)
    if person.muted_until is None:
        return
    person.muted_until = None
    person.save(update_fields=["muted_until"])
    record(actor, What.UNMUTE, person)


@transaction.atomic
def approve(actor: Person, person: Person) -> None:
    """Let in somebody new, who waits for it."""
    person = _locked(actor, person)
    if not person.awaits:
        raise Rejected(gettext("%(name)s waits no longer.") % {"name": person.name})
    admit(person)
    record(actor, What.APPROVE, person)


@transaction.atomic
def refuse(actor: Person, person: Person) -> None:
    """Do not let in somebody new, who waits for it: the account is gone, and the name free."""
    person = _locked(actor, person)
    if not person.awaits:
        raise Rejected(gettext("%(name)s waits no longer.") % {"name": person.name})
    record(actor, What.REFUSE, name=person.username)
    person.delete()


def admit(person: Person, rooms: tuple[int, ...] = ()) -> None:
    """Let in somebody new, inside a transaction: what they waited for has happened."""
    person.awaits, person.is_active = "", True
    person.save(update_fields=["awaits", "is_active"])
    admitted.send(Person, person=person, rooms=rooms)


@transaction.atomic
def address_confirmed(person: Person) -> None:
    """Somebody new has shown that an address is theirs: they come in, or into the queue."""
    community = Community.hold()
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.awaits != Awaits.ADDRESS:
        return
    if community.needs_approval or person.resembles_id:
        person.awaits = Awaits.APPROVAL
        person.save(update_fields=["awaits"])
    else:
        admit(person)
