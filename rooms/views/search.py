"""Finding messages by HTTP."""

from django.http import HttpResponseBase
from django.shortcuts import render

from accounts.access import PersonRequest
from accounts.models.values import colour_of, initials_of
from rooms import search
from rooms.markup import with_signs
from rooms.models import Room
from rooms.models.direct import place_names
from rooms.models.values import MessageRow
from rooms.views.beside import BesideView, open_beside, room_named
from rooms.views.parameters import cursor_in
from rooms.words import Phrase


class SearchView(BesideView):
    """What was said, in the rooms of the current user."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """A page of what `q` finds, newest first; `before` goes on. Beside the `room`, if it names one."""
        query = request.GET.get("q", "").replace("\x00", "").strip()[: search.QUERY_LIMIT]
        asked = search.parse_query(query)
        found = search.search_messages(request.user, asked, cursor_in(request))
        rooms = Room.objects.filter(pk__in={message.room_id for message in found.messages})
        places = place_names(rooms.values_list("pk", "kind", "name"), request.user.pk)
        context = {
            "query": query,
            "is_empty": asked.is_empty,
            "results": [
                _result(message, places[message.room_id], asked.wanted.phrases) for message in found.messages
            ],
            "older": found.older,
            "notes": found.notes,
        }
        if "room" in request.GET:
            return open_beside(request, room_named(request), "rooms/search_beside.html", context)
        return render(request, "rooms/search.html", context)


def _result(message: MessageRow, place: str, phrases: list[Phrase]) -> dict[str, object]:
    return {
        "message": message,
        "place": place,
        "colour": colour_of(message.author_id, message.hue),
        "initials": initials_of(message.name),
        "excerpt": search.excerpt(with_signs(message.body), phrases),
    }
