"""How people come in: the join link, invitations by mail, and who has to wait.

Who does it comes first; raises Rejected with a sentence for them.
"""

import datetime
from collections.abc import Sequence
from functools import partial

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import addresses, tasks
from accounts.access import invitation_of, is_join_token
from accounts.actions import Rejected
from accounts.audit import What, record
from accounts.models import (
    Awaits,
    Community,
    Invitation,
    Person,
    admitted,
    end_of_invitation,
    new_join_token,
)
from accounts.returning import banned_person_like
from accounts.roles import Role

NO_WAY = "no way in"
LINK_OVER = _("The link that you followed is used up, or over. Ask for a new one.")
# Invitations that may be open at once: more is a list, and not an invitation.
OPEN_INVITATIONS = 1000


# -- The join link -----------------------------------------------------------------------


@transaction.atomic
def replace_join_link(actor: Person, *, days: int | None = None, uses: int | None = None) -> None:
    """Give the community a new join link, with an end and a number of uses; the old one leads nowhere."""
    community = Community.hold()
    community.join_token = new_join_token()
    community.join_until = timezone.now() + datetime.timedelta(days=days) if days else None
    community.join_uses_left = uses
    community.save(update_fields=["join_token", "join_until", "join_uses_left"])
    ends = f"for {days} days" if days else "without an end"
    record(actor, What.JOIN_LINK, details=f"{ends}, {f'{uses} uses' if uses else 'as often as one likes'}")


# -- Invitations -------------------------------------------------------------------------


@transaction.atomic
def invite(
    request: HttpRequest, actor: Person, email: str, role: str = Role.MEMBER, rooms: Sequence[int] = ()
) -> Invitation:
    """Mail an invitation to `email`, which lets one person in, once."""
    Community.hold()
    if addresses.is_banned(email):
        raise Rejected(gettext("Somebody with that address was banned. Lift the ban first."))
    if EmailAddress.objects.filter(email__iexact=email).exists():
        raise Rejected(gettext("Somebody with that address is here already."))
    if Invitation.objects.open().filter(email__iexact=email).exists():
        raise Rejected(gettext("There is an open invitation to that address: send that one again."))
    if Invitation.objects.open().count() >= OPEN_INVITATIONS:
        most = {"most": OPEN_INVITATIONS}
        raise Rejected(gettext("%(most)d invitations are open, which is the most.") % most)
    invitation = Invitation.objects.create(email=email, role=role, rooms=list(rooms), invited_by=actor)
    record(actor, What.INVITE, name=email, details=f"as a {role}")
    _send(request, actor, invitation)
    return invitation


@transaction.atomic
def resend(request: HttpRequest, actor: Person, invitation: Invitation) -> None:
    """Mail an open invitation again, with a new end and a new link; the old one leads nowhere."""
    there = Invitation.objects.select_for_update().filter(pk=invitation.pk, used_at=None).first()
    if there is None:
        raise Rejected(gettext("That invitation is not open any longer."))
    there.until, there.token = end_of_invitation(), new_join_token()
    there.save(update_fields=["until", "token"])
    record(actor, What.RESEND, name=there.email)
    _send(request, actor, there)


@transaction.atomic
def revoke(actor: Person, invitation: Invitation) -> None:
    """Take an invitation back."""
    if not Invitation.objects.filter(pk=invitation.pk, used_at=None).delete()[0]:
        raise Rejected(gettext("That invitation is not open any longer."))
    record(actor, What.REVOKE, name=invitation.email)


def _send(request: HttpRequest, actor: Person, invitation: Invitation) -> None:
    said = {
        "community": Community.current(),
        "actor": actor,
        "invitation": invitation,
        "link": request.build_absolute_uri(reverse("join_link", args=[invitation.token])),
    }
    # Nobody knows yet in which language they read.
    with translation.override(settings.LANGUAGE_CODE):
        subject = render_to_string("account/email/invitation_subject.txt", said).strip()
        body = render_to_string("account/email/invitation_message.txt", said).strip()
        html = render_to_string("account/email/invitation_message.html", said)
    transaction.on_commit(partial(tasks.mail_later, subject, body, invitation.email, html), robust=True)


# -- Somebody new ------------------------------------------------------------------------


class Admission:
    """On what terms somebody comes in, decided behind the community's lock."""

    def __init__(self, token: str) -> None:
        self.community = Community.hold()
        self.by_link = is_join_token(token, self.community)
        self.invitation = invitation_of(token)

    @property
    def is_invited(self) -> bool:
        """Whether a link leads here that still holds."""
        return self.by_link or self.invitation is not None

    @property
    def is_over(self) -> bool:
        """Whether they followed a link, without which they may not come, and which holds no longer."""
        return not self.is_invited and not self.community.signup_open

    def awaits(self, *, is_in_doubt: bool) -> str:
        """What they have to wait for, one of Awaits, or nothing; with `is_in_doubt` that somebody looks."""
        if self.community.domains and not self.is_invited:
            return Awaits.ADDRESS
        needs_approval = self.community.needs_approval and not self.is_invited
        return Awaits.APPROVAL if needs_approval or is_in_doubt else ""

    def prepare(self, request: HttpRequest, person: Person, username: str) -> None:
        """What somebody is as they are stored, as `username`; who was invited by mail is not doubted."""
        if self.invitation is None:
            person.resembles = banned_person_like(username, request)
        person.awaits = self.awaits(is_in_doubt=person.resembles is not None)
        person.is_active = not person.awaits
        if self.invitation is not None:
            person.role = self.invitation.role

    def take(self, person: Person) -> None:
        """`person` is stored and comes in by this: what was used is used, and they find their rooms."""
        if self.by_link and self.community.join_uses_left:
            self.community.join_uses_left -= 1
            self.community.save(update_fields=["join_uses_left"])
        if self.invitation is not None:
            self.invitation.used_at, self.invitation.used_by = timezone.now(), person
            self.invitation.save(update_fields=["used_at", "used_by"])
            admitted.send(Person, person=person, rooms=tuple(self.invitation.rooms))
