"""The address in each mail that ends such mails: for whoever has the mail, without signing in.

It is what RFC 8058 asks for, so that a mail program can do it with one click. It does nothing else, and so it
does not end.
"""

from django.core import signing
from django.http import Http404
from django.urls import reverse

from accounts.models import Person

SALT = "notifications.stopping"


def address(person: Person) -> str:
    """The address of the page, without the site's."""
    return reverse("mails_stop", args=[signing.dumps(person.pk, salt=SALT)])


def person_at(token: str) -> Person:
    """Who is meant by the secret in such an address. Raises Http404."""
    try:
        return Person.objects.get(pk=signing.loads(token, salt=SALT))
    except (signing.BadSignature, Person.DoesNotExist):
        raise Http404 from None
