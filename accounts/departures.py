"""People leave for good: what is theirs alone goes, and an empty account stays for what they wrote.

So threads, numbers and the answers of others stay as they are. What takes longer is the worker's
(accounts/clearing.py).
"""

import copy
from functools import partial

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

from accounts import access, stored_files, tasks
from accounts.actions import Rejected, end_sessions
from accounts.models import Block, Community, Departure, Download, Person
from accounts.roles import LAST_OWNER, Role

# What others see of whoever has left.
FORMER_NAME = "Former member"
MAIL = "account/email/account_deleted"


@transaction.atomic
def leave(person: Person, *, removes_messages: bool, by_administrator: bool = False) -> None:
    """End the account of `person` for good, here and on every open page; who has left stays as they are.

    What they wrote stays, under no name, or is taken back by the worker. Raises Rejected with a sentence
    where nobody would be left to run the community.
    """
    # Of two who run it and leave at once, one is second.
    Community.hold_names()
    person = Person.objects.select_for_update().get(pk=person.pk)
    if Departure.objects.filter(person=person).exists():
        return
    if not access.may_leave(person):
        raise Rejected(LAST_OWNER)
    departure = Departure.objects.create(person=person, removes_messages=removes_messages)
    former, address = copy.copy(person), _address_of(person)
    _forget(person)
    if address and context.request:
        said = {"by_administrator": by_administrator, "removes_messages": removes_messages}
        transaction.on_commit(
            partial(get_adapter().send_notification_mail, MAIL, former, said, address), robust=True
        )
    transaction.on_commit(partial(tasks.let_worker, tasks.clear_after, departure.pk))


def _address_of(person: Person) -> str:
    main = EmailAddress.objects.get_primary_email(person)
    return main or person.email


def _forget(person: Person) -> None:
    """Empty the row of `person`, and delete what nobody but them has. Saving it ends sockets, and renames."""
    person.username, person.display_name, person.email = _free_username(person.pk), FORMER_NAME, ""
    person.time_zone, person.language = "", ""
    person.hue, person.last_login = None, None
    person.pronouns = person.title = person.about = ""
    person.status_emoji, person.status_text, person.status_until = "", "", None
    stored_files.forget(*person.stored_pictures)
    person.avatar = ""
    person.is_active, person.role, person.muted_until = False, Role.MEMBER, None
    person.set_unusable_password()
    person.save()
    end_sessions(person)
    person.groups.clear()
    person.user_permissions.clear()
    for kind in (EmailAddress, Authenticator, SocialAccount):
        kind.objects.filter(user=person).delete()
    Block.objects.filter(Q(person=person) | Q(blocked=person)).delete()
    for download in Download.objects.filter(person=person):
        download.delete()
    # What administrators did about them stays in their log, without the name.
    about = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Person), object_id=str(person.pk)
    )
    about.update(object_repr=FORMER_NAME)


def _free_username(pk: int) -> str:
    """A username that no form gives (lookalikes.FORMER), and that nobody had before there was that rule."""
    taken = set(
        Person.objects.alias(lowered=Lower("username"))
        .filter(lowered__startswith=f"former-{pk}")
        .values_list("username", flat=True)
    )
    names = (f"former-{pk}" + "-0" * number for number in range(len(taken) + 1))
    return next(name for name in names if name not in {one.lower() for one in taken})
