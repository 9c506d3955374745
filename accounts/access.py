"""From what a request says to what it may have."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.userkit import filter_users_by_email
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django_htmx.middleware import HtmxDetails

from accounts.devices import device_of
from accounts.limits import normalised_login
from accounts.models import Community, Download, Invitation, Person
from database.compiled_queries import CompiledQuery, column_names, model_instance
from live import sessions
from live.models import Connection

# Where the session of a newcomer keeps the token of the link they followed, and what they wait for.
JOIN_TOKEN = "join_token"  # noqa: S105  (the name of it)
AWAITS = "awaits"
TOKEN = re.compile(r"[\w-]{1,32}", re.ASCII)


def person_signed_in(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    """Who is signed in with the session of `request`. Two queries, or none without a session.

    Django's own get_user decides, which ends a session, or goes on with it under another key, where that
    is due. A session that simply holds, as nearly all do, is seen here, by a query that is put into SQL once.
    """
    session = request.session
    if session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS:
        for values in _active_people(int(session[SESSION_KEY])):
            person = model_instance(Person, values)
            if constant_time_compare(session.get(HASH_SESSION_KEY) or "", person.get_session_auth_hash()):
                return person
    return get_user(request)


@CompiledQuery
def _active_people(pk: int) -> QuerySet[Person, tuple[Any, ...]]:
    return Person.objects.filter(pk=pk, is_active=True).values_list(*column_names(Person))


def may_sign_up(request: HttpRequest) -> bool:
    """Whether an account may be created: the community is open, or a link led here that holds."""
    community = Community.current()
    return community.signup_open or is_way_in(request.session.get(JOIN_TOKEN, ""), community)


def is_way_in(token: str, community: Community) -> bool:
    """Whether a link with `token` lets somebody in. One query at most."""
    return is_join_token(token, community) or invitation_of(token) is not None


def is_join_token(token: str, community: Community) -> bool:
    """Whether `token` is the one in the community's join link now, and that still leads here."""
    return constant_time_compare(token, community.join_token) and community.is_join_link_open


def invitation_of(token: str) -> Invitation | None:
    """The open invitation with that token. One query, or none."""
    if not TOKEN.fullmatch(token):
        return None
    return Invitation.objects.open().filter(token=token).first()


def person_signing_in(login: str) -> Person | None:
    """Who is meant by `login`, a username or an address, in any case and any width.

    An address that several have given and nobody has confirmed means whoever has had an account longest.
    Nobody is a bot.
    """
    login = normalised_login(login)
    if "@" in login:
        found = filter_users_by_email(login, prefer_verified=True, for_login=True)
        people = [person for person in found if not person.is_bot]
        if people:
            return min(people, key=lambda person: (not person.is_active, person.pk))
    there = Person.objects.filter(is_bot=False).alias(lowered=Lower("username"))
    return there.filter(lowered=login).first()


def visible_person(viewer: Person, username: str) -> Person:
    """The person of that username, whatever its case, if `viewer` may know of them. One query."""
    if not username.isascii() or "\x00" in username:
        raise Http404
    people = Person.objects.visible_to(viewer).with_namesakes().alias(lowered=Lower("username"))
    found = people.filter(is_active=True, lowered=username.lower()).first()
    if found is None:
        raise Http404
    return found


def community_of_administrator(person: Person) -> Community:
    """The community, for who may change it."""
    if not person.administers:
        raise PermissionDenied
    return Community.objects.get_or_create(pk=1)[0]


def may_leave(person: Person) -> bool:
    """Whether the community still has an owner without `person`. One query, none for who is no owner."""
    return not person.is_owner or Person.objects.active_owners().exclude(pk=person.pk).exists()


def download_of(person: Person, pk: int) -> Download:
    """A file with all that `person` wrote, which is there for them alone, and for a while."""
    found = Download.objects.select_related("person").filter(person=person, pk=pk).first()
    if found is None or not found.is_ready:
        raise Http404
    return found


# Two times that were taken one after the other are no further apart.
A_MOMENT = datetime.timedelta(seconds=1)


class PersonRequest(HttpRequest):
    """What a request is behind LoginRequiredMixin: somebody's."""

    user: Person
    htmx: HtmxDetails


@dataclass
class SignedIn:
    """A place where somebody is signed in."""

    record: UserSession
    device: str
    is_current: bool
    # Whether a page of it is open, and else when the last one was, if that is known still.
    is_here: bool = False
    last_here: datetime.datetime | None = None


def sessions_of(person: Person, current_key: str | None) -> list[SignedIn]:
    """Where `person` is signed in, this browser first, then the newest. Three queries."""
    records = list(UserSession.objects.filter(user=person).order_by("-created_at"))
    rows = Session.objects.filter(
        session_key__in=[record.session_key for record in records], expire_date__gt=timezone.now()
    )
    # A session from before a change of the password is over, though its row may still be there.
    passwords = {person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()}
    alive = {row.session_key for row in rows if row.get_decoded().get(HASH_SESSION_KEY) in passwords}
    places = [
        SignedIn(record, device_of(record.user_agent), record.session_key == current_key)
        for record in records
        if record.session_key in alive
    ]
    _say_when_here(places)
    return sorted(places, key=lambda place: not place.is_current)


def _say_when_here(places: list[SignedIn]) -> None:
    """Note of each when a page of it was open last. One query.

    The record has it of sockets that ended well, the log of the others, for as long as it remembers.
    """
    by_digest = {sessions.digest(place.record.session_key): place for place in places}
    for digest, is_here, last_here in Connection.objects.last_of(by_digest):
        by_digest[digest].is_here, by_digest[digest].last_here = is_here, last_here
    for place in places:
        seen, began = place.record.last_seen_at, place.record.created_at
        # A record begins with both times, a moment apart.
        if seen > began + A_MOMENT and (place.last_here is None or seen > place.last_here):
            place.last_here = seen


def session_of(person: Person, pk: int) -> UserSession:
    """The record of one of the sessions of `person`."""
    record = UserSession.objects.filter(user=person, pk=pk).first()
    if record is None:
        raise Http404
    return record
