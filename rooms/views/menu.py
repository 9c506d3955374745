"""The menu of a message: what one may do with it, and what is answered when it was done."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from accounts.access import PersonRequest
from hypermedia.fragments import hx_partial
from hypermedia.responses import SeeOther, refusal
from rooms import access
from rooms.actions.rejected import Rejected
from rooms.actions.saved import is_saved
from rooms.models import Membership, Message
from rooms.render.message import render_focused_time


def render_menu(
    request: PersonRequest,
    membership: Membership,
    message: Message,
    *,
    is_opening: bool = False,
    said: str = "",
) -> str:
    """What one may do with a message, to stand after its row. One query, or two."""
    may_delete = access.may_delete(membership, message)
    context = {
        "room": membership.room,
        "message": message,
        # Where no composer is on the page, an answer is written on one of its own.
        "has_composer": request.htmx and "In-History" not in request.headers,
        "permalink": message.get_absolute_url(),
        "is_mine": message.author_id == membership.person_id,
        "is_saved": is_saved(membership, message),
        "may_delete": may_delete,
        "previews": message.previews.order_by("pk") if may_delete and message.links else (),
        "is_opening": is_opening,
        # What was just done with it, where nothing else shows it.
        "said": said,
    }
    return render_to_string("rooms/menu.html", context, request)


def toggle_menu(message: Message, html: str) -> str:
    """Partials that close whatever menu is open, and open that of `message` unless it was the one.

    htmx looks for all targets before it swaps anything: where the menu is open, the time in the row
    gets the focus back; where it is not, it is put there.
    """
    place, there = f"#message-{message.pk}", f":has(~ #menu-{message.pk})"
    return (
        hx_partial(f"{place}{there} .when", "outerHTML", render_focused_time(message.row))
        + hx_partial(".menu", "delete")
        + hx_partial(f"{place}:not({there})", "afterend", html)
    )


def menu_response(
    request: PersonRequest, membership: Membership, message: Message, said: str = ""
) -> HttpResponse:
    """To htmx: the open menu as it is after something was done with it."""
    html = render_menu(request, membership, message, said=said)
    return HttpResponse(hx_partial(f"#menu-{message.pk}", "outerHTML", html))


def rejection(request: PersonRequest, message: Message, why: Rejected) -> HttpResponseBase:
    """Why something cannot be done with a message, in a sentence."""
    if request.htmx:
        return refusal(str(why), 422)
    messages.error(request, str(why))
    return SeeOther(message.get_absolute_url())
