"""What signing in and out, and a change of an account, mean for the others and for its sockets."""

from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.signals import email_added, email_confirmed, email_removed, password_reset
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import broadcasts, downloads, keeping_order, limits, stored_files
from accounts.models import Community, Departure, Download, Person, people_changed
from live import bus


@receiver(user_logged_in)
def tell_of_sign_in(user: Person, **kwargs: Any) -> None:
    """“Ana signed in”, once the session is stored."""
    transaction.on_commit(partial(broadcasts.signed_in, user))


@receiver(user_logged_out)
def tell_of_sign_out(user: Person | None, **kwargs: Any) -> None:
    """“Ana signed out”."""
    if user is not None:
        transaction.on_commit(partial(broadcasts.signed_out, user))


@receiver(people_changed)
def tell_of_change(revision: int, **kwargs: Any) -> None:
    """A new name, by whatever door it came, is on every page."""
    transaction.on_commit(partial(broadcasts.people_changed, revision), robust=True)


# Of a person: what ends sockets when it changes.
ENDING = {"password", "is_active", "time_zone", "language"}


@receiver(post_save, sender=Person)
def look_at_sockets_again(
    instance: Person, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """A new password, a closed account or another zone or language ends sockets.

    Signing in saves the person as well, and does not.
    """
    if not created and (
        update_fields is None or update_fields & {"password", "is_active", "time_zone", "language"}
    ):
        transaction.on_commit(partial(bus.recheck_person, instance.pk))
    if not created and (update_fields is None or "role" in update_fields):
        transaction.on_commit(partial(broadcasts.placed, instance))


@receiver(post_delete, sender=Person)
def end_sockets(instance: Person, **kwargs: Any) -> None:
    """Nobody is left to be connected, or to be seen anywhere."""
    Community.count_change_of_people()
    transaction.on_commit(partial(bus.recheck_person, instance.pk))
    stored_files.forget(*instance.stored_pictures)


post_delete.connect(downloads.forget_file, sender=Download)


@receiver(email_added)
def tell_of_address(request: HttpRequest, user: Person, email_address: EmailAddress, **kwargs: Any) -> None:
    """A mail to the main address about another one, which can have links to a new password."""
    main = EmailAddress.objects.get_primary_email(user)
    if main and main != email_address.email:
        said = {"added_email": email_address.email}
        get_adapter().send_notification_mail("account/email/email_added", user, said)


@receiver(email_removed)
def tell_address(request: HttpRequest, user: Person, email_address: EmailAddress, **kwargs: Any) -> None:
    """A mail to the address that was removed, where it was known to be theirs: there may be no other."""
    if email_address.verified or email_address.primary:
        address = email_address.email
        said = {"deleted_email": address}
        get_adapter().send_notification_mail("account/email/email_deleted", user, said, address)


@receiver(email_confirmed)
def let_in(email_address: EmailAddress, **kwargs: Any) -> None:
    """Somebody new, who waited for that alone."""
    keeping_order.address_confirmed(email_address.user)


@receiver(password_reset)
def take_tries_anew(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Whoever has the mail need not wait for those who guessed."""
    limits.password_try(request, user, "").forget()


@receiver(post_delete, sender=Authenticator)
def tell_of_second_step(instance: Authenticator, origin: Any, **kwargs: Any) -> None:
    """A mail where an administrator takes the second step away."""
    if instance.type == Authenticator.Type.TOTP and _is_of(Authenticator, origin):
        _tell_for_administrator("mfa/email/totp_deactivated", instance.user)


@receiver(post_save, sender=EmailAddress)
def tell_of_administrators_address(instance: EmailAddress, created: bool, **kwargs: Any) -> None:
    """A mail where an administrator gives somebody another address."""
    if created:
        said = {"added_email": instance.email}
        _tell_for_administrator("account/email/email_added", instance.user, said)


@receiver(post_delete, sender=EmailAddress)
def tell_of_lost_address(instance: EmailAddress, origin: Any, **kwargs: Any) -> None:
    """A mail where an administrator takes an address away, to that address."""
    if _is_of(EmailAddress, origin):
        said = {"deleted_email": instance.email}
        _tell_for_administrator("account/email/email_deleted", instance.user, said, instance.email)


def _is_of(model: type[Model], origin: Any) -> bool:
    """Whether a deletion began with these, and not with the account to which they belong."""
    return getattr(origin, "model", type(origin)) is model


def _tell_for_administrator(mail: str, person: Person, said: Any = None, address: str | None = None) -> None:
    request = context.request
    place = request and request.resolver_match
    if place and place.namespace == "admin" and request.user.pk != person.pk and not _has_left(person):
        said = (said or {}) | {"by_administrator": True}
        get_adapter().send_notification_mail(mail, person, said, address)


def _has_left(person: Person) -> bool:
    """Whether it goes with all that they had here: they get one mail about that."""
    return Departure.objects.filter(person=person).exists()
