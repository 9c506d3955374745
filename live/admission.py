"""Sockets that arrive: who they are, whether they may come in, and their rows.

A restart brings everybody back at once, and then a question to the database costs less for all who
wait than for each of them. Everything here runs in a database thread.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError
from django.utils import timezone
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hypermedia.locales import Locale, locale_of
from live import actions, sessions
from live.hub import ANOTHER_LOCALE, COME_BACK, SIGNED_OUT, TOO_FAST, Socket
from live.limits import FixedWindowLimit
from live.models import Connection
from live.rights import ALL_RIGHTS

# So many are let in at a time: the first of them waits until the last one is.
BATCH_LIMIT = 100

# Sockets that one person may have open, in all processes together. Nobody reads so many pages; a
# program that forgets to close its own would fill the memory of a process.
SOCKETS_PER_PERSON = 50
PAGES_TOO_MANY = lazy(
    lambda: (
        gettext("You have %(most)d pages open, as many as one may. Close some, then reload this one.")
        % {"most": SOCKETS_PER_PERSON}
    ),
    str,
)()
# And how often they may connect: so many pages may return after a restart, and again after the next.
CONNECT_LIMIT = FixedWindowLimit("connects", 120, 60)


class Denied(Exception):
    """This socket may not be here: a close code, and a sentence, lazy where it is for a person."""

    def __init__(self, code: int, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Arrival(Protocol):
    """A socket that arrives: a consumer (live/consumers.py) with its socket open."""

    # The group that it is for; none is the whole site.
    place: str
    # The name of the time zone that its page is in, and its language.
    page_locale: tuple[str, str]

    @property
    def open_socket(self) -> Socket:
        """Its socket, of somebody in a session."""

    @classmethod
    def authorise(cls, arrivals: Any) -> "Denials":
        """Find the place of each of those of its kind; who may not be there. Runs in a database thread."""


Denials = dict[Arrival, Denied]

LANGUAGES = {code for code, _ in settings.LANGUAGES}

# Why a page is served no longer that was made for another locale than its person's: it would show two clocks.
LOCALE_CHANGED = _("Your time zone or language has changed. This page is still in the old one.")


def reads_in(person: AbstractBaseUser | None, language: str) -> Locale:
    """The locale of somebody on a page in `language`: what they have chosen; None is signed out.

    Else the zone is the site's, and the language is that of the page, which their browser has asked for.
    """
    zone = getattr(person, "zone", None) or timezone.get_default_timezone()
    chosen = getattr(person, "language", "") or (
        language if language in LANGUAGES else settings.LANGUAGE_CODE
    )
    return locale_of(zone, chosen)


def admit(process_id: UUID, arrivals: Sequence[Arrival]) -> list[Denied | None]:
    """Let in who may come in, and write down their sockets; why not, for those who may not."""
    refused = authorise(arrivals)
    for limit in (too_often, too_many):
        refused |= limit([arrival for arrival in arrivals if arrival not in refused])
    welcome = [arrival for arrival in arrivals if arrival not in refused]
    sockets = [
        Connection(
            process_id=process_id,
            person_id=arrival.open_socket.person_id,
            session=sessions.digest(arrival.open_socket.session_key),
            place=arrival.place,
        )
        for arrival in welcome
    ]
    try:
        rows = actions.open_connections(sockets)
    except IntegrityError:
        # It stood still for so long that others have swept it away.
        actions.return_process(process_id)
        rows = actions.open_connections(sockets)
    for arrival, row in zip(welcome, rows, strict=True):
        arrival.open_socket.connection_id = row.pk
    return [refused.get(arrival) for arrival in arrivals]


def authorise(arrivals: Sequence[Arrival]) -> Denials:
    """Find out who they are, and whether they may be where they want to be; those who may not."""
    keys = {arrival.open_socket.session_key for arrival in arrivals}
    people = sessions.people_of(keys)
    renewed = sessions.renewed(keys - people.keys())
    refused: Denials = {}
    known = defaultdict(list)
    for arrival in arrivals:
        session_key = arrival.open_socket.session_key
        person = people.get(session_key)
        zone, language = arrival.page_locale
        arrival.open_socket.locale = own = reads_in(person, language)
        if session_key in renewed:
            refused[arrival] = Denied(COME_BACK, "The session was renewed.")
        elif person is None:
            refused[arrival] = Denied(SIGNED_OUT, _("You are signed out."))
        else:
            arrival.open_socket.person_id = person.pk
            arrival.open_socket.hears_everyone = getattr(person, "hears_everyone", True)
            arrival.open_socket.rights = getattr(person, "rights", ALL_RIGHTS)
            if not arrival.open_socket.json and (zone, language) != (str(own.zone), own.language):
                refused[arrival] = Denied(ANOTHER_LOCALE, LOCALE_CHANGED)
                continue
            known[type(arrival)].append(arrival)
    for kind, those in known.items():
        refused |= kind.authorise(those)
    return refused


def too_often(arrivals: Sequence[Arrival]) -> Denials:
    """Those whose person connects again and again."""
    sentence = _("You connect too often. Wait a minute, then reload the page.")
    allowed = CONNECT_LIMIT.take_each([arrival.open_socket.person_id for arrival in arrivals])
    return {
        arrival: Denied(TOO_FAST, sentence)
        for arrival, is_allowed in zip(arrivals, allowed, strict=True)
        if not is_allowed
    }


def too_many(arrivals: Sequence[Arrival]) -> Denials:
    """Those whose person has as many sockets as one may have. One query."""
    count = Counter(Connection.objects.open_of({arrival.open_socket.person_id for arrival in arrivals}))
    refused: Denials = {}
    for arrival in arrivals:
        person_id = arrival.open_socket.person_id
        if count[person_id] < SOCKETS_PER_PERSON:
            count[person_id] += 1
        else:
            refused[arrival] = Denied(TOO_FAST, PAGES_TOO_MANY)
    return refused
