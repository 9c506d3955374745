"""The ways by which somebody is told besides by mail: made, changed, tested, taken away."""

import datetime
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.actions import Rejected
from accounts.models import Person
from notifications import messengers
from notifications.models import PendingDelivery, Way
from notifications.outcomes import ARRIVED, NOT_ARRIVED, in_words
from notifications.posting import post
from rooms.files.signing import new_signing_secret

# Of one person.
WAYS_AT_MOST = 10


def ways_of(person: Person) -> list[Way]:
    """The ways of `person`, the oldest first, each with `problem`: what its server said last. Two queries."""
    ways = list(Way.objects.filter(person=person).order_by("pk"))
    failing = PendingDelivery.objects.filter(way__in=ways, tries__gt=0).order_by("-tries")
    problems = dict(failing.values_list("way", "problem"))
    for way in ways:
        way.problem = in_words(problems.get(way.pk, ""))  # type: ignore[attr-defined]
    return ways


def way_of(person: Person, pk: int) -> Way:
    """One way of `person`. Raises Http404."""
    way = Way.objects.filter(person=person, pk=pk).first()
    if way is None:
        raise Http404
    return way


@transaction.atomic
def make_way(person: Person, kind: str, **chosen: Any) -> Way:
    """Let `person` be told this way, too. Raises Rejected where there are WAYS_AT_MOST already."""
    Person.objects.select_for_update().get(pk=person.pk)
    if Way.objects.filter(person=person).count() >= WAYS_AT_MOST:
        said = {"number": WAYS_AT_MOST}
        raise Rejected(_("You have %(number)d ways already: remove one first.") % said)
    if kind == Way.Kind.WEBHOOK:
        chosen["secret"] = new_signing_secret()
    return Way.objects.create(person=person, kind=kind, **chosen)


@transaction.atomic
def change_way(way: Way, now: datetime.datetime, **chosen: Any) -> None:
    """Change it; what was refused is tried again `now`."""
    Way.objects.filter(pk=way.pk).update(**chosen, refused="", tested="", tested_at=None)
    _try_again(way, now)


def renew_secret(way: Way) -> str:
    """Sign with another secret from now on, and give it: nobody is shown it again."""
    secret = new_signing_secret()
    Way.objects.filter(pk=way.pk).update(secret=secret)
    return secret


def begin_test(way: Way, now: datetime.datetime) -> None:
    """Note that a test is on its way."""
    Way.objects.filter(pk=way.pk).update(tested="", tested_at=now)


def send_test(way_id: int, now: datetime.datetime) -> None:
    """Post a test, and note what was answered; nothing for a way that is gone."""
    way = Way.objects.select_related("person").filter(pk=way_id, person__is_active=True).first()
    if way is None:
        return
    answer = post(messengers.test_request(way, now))
    words = (ARRIVED if answer.is_taken else NOT_ARRIVED) % {"answer": answer.words}
    noted = {"tested": words, "tested_at": now}
    if answer.is_taken:
        noted["refused"] = ""
        _try_again(way, now)
    Way.objects.filter(pk=way.pk).update(**noted)


def _try_again(way: Way, now: datetime.datetime) -> None:
    PendingDelivery.objects.filter(way=way, tries__gt=0).update(due_at=now)
