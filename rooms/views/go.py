"""Where one can go, by a few letters: rooms, conversations and people."""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from accounts.models import Person
from hypermedia.responses import SeeOther
from rooms.actions.direct import open_direct
from rooms.actions.rejected import Rejected
from rooms.models import Room
from rooms.models.room import seen_by
from rooms.models.values import PersonRef
from rooms.name_lookup import begins_word, has_words, people_with, rooms_with
from rooms.words import normalised

# As many as one looks through faster than one types another letter.
FOUND = 12
# As many conversations are looked through by the names of those who are in them: who was spoken with last.
CONVERSATIONS = 200


class Destination(NamedTuple):
    """A room or a conversation, which has a `slug`, or somebody with whom there is none yet."""

    name: str
    slug: str
    people: tuple[PersonRef | Person, ...]
    # What it says beside the name.
    note: str
    # A word of its name begins as is asked for; one is in it already; when something was said there.
    rank: tuple[bool, int, datetime.timedelta]

    @property
    def face(self) -> PersonRef | Person | None:
        """The one person it is about."""
        return self.people[0] if len(self.people) == 1 else None


def destinations(person: Person, text: str) -> list[Destination]:
    """Where `person` can go, the best first. Four queries, three where nothing is asked for."""
    found = [*_conversations(person, text), *_rooms(person, text)]
    if normalised(text):
        met = {one.face.pk for one in found if one.face}
        found += _strangers(person, text, met)
    return sorted(found, key=lambda one: one.rank)[:FOUND]


def _rank(
    text: str, names: list[str], group: int, at: datetime.datetime | None
) -> tuple[bool, int, datetime.timedelta]:
    now = datetime.datetime.now(datetime.UTC)
    return not begins_word(names, text), group, now - (at or now)


def _conversations(person: Person, text: str) -> Iterator[Destination]:
    """Those whose people have each word in one of their names. Two queries."""
    mine = Room.objects.filter(Q(posts__gt=0) | Q(created_by=person), kind=Room.Kind.DIRECT)
    recent = mine.of(person).order_by("-active_at", "pk")[:CONVERSATIONS]
    words = normalised(text).split()
    for room in seen_by(list(recent), person.pk):
        names = [name for one in room.people for name in (one.username, one.name)] or [room.title]
        if has_words(names, words):
            yield Destination(
                room.title, room.slug, tuple(room.people), "", _rank(text, names, 0, room.active_at)
            )


def _rooms(person: Person, text: str) -> Iterator[Destination]:
    """One's own and the open ones; where nothing is asked for, one's own. One query."""
    rooms = Room.objects.visible_to(person).named().current()
    if not normalised(text):
        rooms = rooms.of(person)
    for room in rooms_with(rooms.joined_first(), text, FOUND):
        note = "" if room.joined else _("not joined")
        rank = _rank(text, [room.name], 0 if room.joined else 2, room.active_at)
        yield Destination(room.name, room.slug, (), note, rank)


def _strangers(person: Person, text: str, met: set[int]) -> Iterator[Destination]:
    """People with whom there is no conversation yet. One query."""
    others = Person.objects.visible_to(person).filter(is_active=True).exclude(pk=person.pk)
    for one in people_with(others, text, FOUND + len(met)):
        if one.pk not in met:
            names = [one.username, one.name]
            yield Destination(one.name, "", (one,), f"@{one.username}", _rank(text, names, 1, None))


class GoView(LoginRequiredMixin, View):
    """Going to a room or to somebody, by a few letters of a name."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """Where one can go; to htmx the list alone."""
        query = asked(request)
        context = {"found": destinations(request.user, query), "query": query}
        template = "rooms/go.html#found" if request.htmx else "rooms/go.html"
        return render(request, template, context)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """On to the best of them; with somebody, a conversation begins there."""
        query = asked(request)
        best = next(iter(destinations(request.user, query)), None)
        if best is None:
            return self.refused(request, query, _("Nothing and nobody here is called that."))
        if best.slug:
            return SeeOther(reverse("room", args=[best.slug]))
        try:
            room = open_direct(request.user, Person.objects.filter(pk=best.people[0].pk))
        except Rejected as rejected:
            return self.refused(request, query, str(rejected))
        return SeeOther(room.get_absolute_url())

    def refused(self, request: PersonRequest, query: str, sentence: str) -> HttpResponse:
        """The page, with what is wrong and what was typed."""
        messages.error(request, sentence)
        context = {"found": destinations(request.user, query), "query": query}
        return render(request, "rooms/go.html", context, status=422)


def asked(request: PersonRequest) -> str:
    """What is looked for, as a line."""
    values = request.POST if request.method == "POST" else request.GET
    return values.get("q", "").replace("\x00", "").strip()[:60]
