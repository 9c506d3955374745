"""What signing in and out, and a change of an account, mean for the others and for its sockets."""

from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.signals import email_added, email_removed, password_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import broadcasts, limits
from accounts.models import Community, Person, people_changed
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


@receiver(post_save, sender=Person)
def look_at_sockets_again(
    instance: Person, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """A new password or a closed account ends sockets; signing in saves the person as well, and does not."""
    if not created and (update_fields is None or update_fields & {"password", "is_active"}):
        transaction.on_commit(partial(bus.recheck_person, instance.pk))


@receiver(post_delete, sender=Person)
def end_sockets(instance: Person, **kwargs: Any) -> None:
    """Nobody is left to be connected, or to be seen anywhere."""
    Community.count_change_of_people()
    transaction.on_commit(partial(bus.recheck_person, instance.pk))


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


@receiver(password_reset)
def take_tries_anew(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Whoever has the mail need not wait for those who guessed."""
    limits.password_try(request, user, "").forget()
