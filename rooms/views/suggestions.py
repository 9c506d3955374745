"""Whom somebody may mean with the name that they have begun to write, by HTTP."""

import re

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from live.frames import storage_problem
from rooms import access
from rooms.markup import AT
from rooms.models import Membership, Room
from rooms.models.message import BODY_LIMIT
from rooms.name_lookup import members_called

# As many as one looks through faster than one types another letter.
SUGGESTIONS = 8
# A name at the end of a text, as far as it is written: a username, or the beginning of what others see.
BEGUN = re.compile(rf"{AT}([^\s@]{{0,150}})\Z")
# What the box of a thread says of itself (templates/rooms/thread.html).
ANSWER = {"label": "Answer", "placeholder": "Answer in this thread"}
CALLS = {"here": "Who is in the room now", "room": "Everybody in the room"}


class SuggestionsView(LoginRequiredMixin, View):
    """The members of a room whose name begins as the last word in the box does, and that word completed."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The list, for the text in `body`; with `name`, the box with that name in it."""
        room = access.membership(request.user.pk, slug).room
        text = request.POST.get("body", "")[:BODY_LIMIT]
        begun = None if storage_problem(text) else BEGUN.search(text)
        context: dict[str, object] = {"room": room}
        if "thread" in request.POST:
            context |= ANSWER
        name = request.GET.get("name", "")
        if name:
            known = name in CALLS or is_member(room, name)
            context["text"] = f"{text[: begun.start()]}@{name} " if begun and known else text
            return render(request, "rooms/suggestions.html#chosen", context)
        context["people"] = suggested(room, begun[1], request.user.pk) if begun else []
        return render(request, "rooms/suggestions.html#list", context)


def suggested(room: Room, word: str, by: int) -> list[tuple[str, str]]:
    """Usernames and names of those in `room` that begin with `word`, by name; one query. Then the calls.

    `by` is the id of who writes.
    """
    found = members_called(room, word, by, SUGGESTIONS)
    called = [(call, what) for call, what in CALLS.items() if call.startswith(word.lower())]
    return [*found, *called][:SUGGESTIONS]


def is_member(room: Room, username: str) -> bool:
    """Whether somebody in `room` is called that. One query."""
    members = Membership.objects.filter(room=room, person__username=username)
    return not storage_problem(username) and members.exists()
