"""The address in each mail that ends such mails: for whoever has the mail, without signing in.

It is what RFC 8058 asks for, so that a mail program can do it with one click. It does nothing else, and so it
does not end.
"""

from typing import NamedTuple

from django.core import signing
from django.http import Http404
from django.urls import reverse

from accounts.models import Person

SALT = "notifications.stopping"
# What may be stopped: mails about what was missed, and the digest.
MISSED, DIGEST = "missed", "digest"


class Stopping(NamedTuple):
    """Whose mails, and which."""

    person: Person
    what: str


def address(person: Person, what: str = MISSED) -> str:
    """The address of the page, without the site's."""
    meant: object = person.pk if what == MISSED else [person.pk, what]
    return reverse("mails_stop", args=[signing.dumps(meant, salt=SALT)])


def stopping_at(token: str) -> Stopping:
    """What is meant by the secret in such an address. Raises Http404."""
    try:
        meant = signing.loads(token, salt=SALT)
        pk, what = meant if isinstance(meant, list) else (meant, MISSED)
        return Stopping(Person.objects.get(pk=pk), what)
    except (signing.BadSignature, Person.DoesNotExist, ValueError):
        raise Http404 from None
