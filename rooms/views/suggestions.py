"""What a word that somebody has begun to write may become, by HTTP: a name, an emoji, a room, a command."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.access import PersonRequest
from accounts.models import Person
from rooms import access
from rooms.actions.slash_commands import examples_in
from rooms.commands import COMMAND_NAMES, command_in
from rooms.emoji import search_emoji
from rooms.markup import AT
from rooms.models import Room
from rooms.name_lookup import members_called, rooms_with
from rooms.views.selection import Selection, box_in, selection_in

# As many as one looks through faster than one types another letter.
SUGGESTIONS = 8
# A name at the end of a text, as far as it is written: a username, or the beginning of what others see.
NAME = re.compile(rf"{AT}([^\s@]{{0,150}})\Z")
# One letter is not yet a word for an emoji: it is as often a face, :D.
EMOJI = re.compile(r"(?<![\w:/]):([^\s:]{2,40})\Z")
# A # alone begins a heading.
ROOM = re.compile(r"(?<![\w#&/\[])#([^\s#]{1,40})\Z")
COMMAND = re.compile(r"\A/([a-z]*)\Z", re.IGNORECASE)
CALLS = {"here": gettext_lazy("Who is in the room now"), "room": gettext_lazy("Everybody in the room")}


class Suggestion(NamedTuple):
    """What may be meant: what is put in, what it is called, and more about it; and whether it is a bot."""

    text: str
    name: str
    note: str = ""
    is_bot: bool = False


class Suggestions(NamedTuple):
    """Those for one word: what they are, which word it is, and they."""

    label: str
    word: str
    found: list[Suggestion]


class SuggestionsView(LoginRequiredMixin, View):
    """What the word before the caret may become; nothing where that is no such word."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The list, for the text in `body` with the caret at `to`."""
        room = access.membership(request.user.pk, slug).room
        selection = selection_in(request)
        upto = selection.text[: selection.end]
        return put_in_list(request, selection, suggestions(request, room, upto), upto)


def put_in_list(
    request: HttpRequest, selection: Selection, suggested: Suggestions | None, upto: str
) -> HttpResponse:
    """The answer: a list of what can be put in the place of a word that ends where `upto` does."""
    context: dict[str, object] = {**box_in(request)}
    if suggested and suggested.found:
        begins = selection.offset(len(upto) - len(suggested.word))
        context |= {"label": suggested.label, "found": suggested.found, "begins": begins}
    return render(request, "rooms/suggestions.html#list", context)


def suggestions(request: PersonRequest, room: Room, upto: str) -> Suggestions | None:
    """What may be meant at the end of `upto`; None where nothing is begun there. One query at most."""
    if begun := NAME.search(upto):
        return Suggestions(_("Who may be meant"), f"@{begun[1]}", named(room, begun[1], request.user.pk))
    if begun := EMOJI.search(upto):
        return Suggestions(_("Emoji"), begun[0], emojis(begun[1]))
    if begun := ROOM.search(upto):
        return Suggestions(_("Rooms"), begun[0], linked_rooms(request, request.user, begun[1]))
    if begun := COMMAND.search(upto):
        own = [(command_in(str(one.typed)), str(one.meaning)) for one in examples_in(room.pk)]
        named_own = {command.name: meaning for command, meaning in own if command}
        return Suggestions(_("Commands"), begun[0], commands(begun[1].lower(), named_own))
    return None


def named(room: Room, word: str, by: int) -> list[Suggestion]:
    """Those in `room` but `by` of whose names a word begins with `word`; then the calls. One query."""
    found = members_called(room, word, by, SUGGESTIONS)
    called = [(call, str(what), False) for call, what in CALLS.items() if call.startswith(word.lower())]
    those = [Suggestion(f"@{name} ", f"@{name}", note, is_bot) for name, note, is_bot in [*found, *called]]
    return those[:SUGGESTIONS]


def emojis(word: str) -> list[Suggestion]:
    """Those that are called so. No query."""
    return [Suggestion(f"{one.emoji} ", one.emoji, one.name) for one in search_emoji(word)[:SUGGESTIONS]]


def linked_rooms(request: HttpRequest, person: Person, word: str) -> list[Suggestion]:
    """Links to the rooms that `person` may know of, and that have `word` in their names. One query."""
    rooms = Room.objects.visible_to(person).named().current().joined_first()
    found = rooms_with(rooms, word, SUGGESTIONS)
    places = [(one.name, request.build_absolute_uri(one.get_absolute_url())) for one in found]
    return [
        Suggestion(f"[#{LINK_MARKS.sub(r'\\\g<0>', name)}]({address}) ", f"#{name}")
        for name, address in places
    ]


# What would end the words of a link, or make something else of them.
LINK_MARKS = re.compile(r"[\\\[\]*_`<~]")


def commands(word: str, own: Mapping[str, str]) -> list[Suggestion]:
    """Those that begin so, a room's `own` too; none where it is one, and Enter is to do it. No query."""
    known = {**COMMAND_NAMES, **own}
    if word in known:
        return []
    return [
        Suggestion(f"/{name} ", f"/{name}", str(meaning))
        for name, meaning in known.items()
        if name.startswith(word)
    ]
