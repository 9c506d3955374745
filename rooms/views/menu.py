"""The menu of a message: what one may do with it, and what is answered when it was done."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.access import PersonRequest
from hypermedia.fragments import UNLESS_ONE_WRITES, hx_partial
from hypermedia.responses import SeeOther, refusal
from rooms import access
from rooms.actions.following import is_following
from rooms.actions.rejected import Rejected
from rooms.actions.saved import is_saved
from rooms.models import Membership, Message
from rooms.moments import offered
from rooms.render.message import render_focused_time


def render_menu(request: PersonRequest, membership: Membership, message: Message, *, said: str = "") -> str:
    """What one may do with a message; or, with `delete` in the address, whether to. Two queries, or three."""
    may_delete = access.may_delete(membership, message)
    context = {
        "room": membership.room,
        "message": message,
        # Where no composer is on the page, an answer is written on one of its own.
        "has_composer": request.htmx and "In-History" not in request.headers,
        "permalink": message.get_absolute_url(),
        "is_mine": message.author_id == membership.person_id,
        "is_saved": is_saved(membership, message),
        "is_following": is_following(membership.person_id, message.thread_id or message.pk),
        "may_delete": may_delete,
        "asks_to_delete": may_delete and "delete" in request.GET,
        "previews": message.previews.order_by("pk") if may_delete and message.links else (),
        # When somebody may be reminded of it.
        "quick": offered(timezone.now(), timezone.get_current_timezone()),
        "chosen_zone": timezone.get_current_timezone(),
        # What was just done with it, where nothing else shows it.
        "said": said,
    }
    return render_to_string("rooms/menu.html", context, request)


def fill_menu(html: str) -> str:
    """A partial for the page's menu, which is shown with it: beside the link that was followed."""
    return hx_partial(f"{UNLESS_ONE_WRITES}#menu", "innerHTML", html)


def empty_menu(pk: int | None = None) -> str:
    """A partial that hides the page's menu; with `pk`, if it is that of the message `pk`."""
    return hx_partial("#menu" if pk is None else f"#menu:has(#menu-{pk})", "innerHTML")


def leave_menu(message: Message) -> str:
    """Partials that hide the menu of `message`, if it is open; the time in the row gets the focus back.

    htmx looks for all targets before it swaps anything.
    """
    time = f"#live:has(:popover-open #menu-{message.pk}) #message-{message.pk} .when"
    return hx_partial(time, "outerHTML", render_focused_time(message.row)) + empty_menu(message.pk)


def rejection(request: PersonRequest, message: Message, why: Rejected) -> HttpResponseBase:
    """Why something cannot be done with a message, in a sentence."""
    if request.htmx:
        return refusal(str(why), 422)
    messages.error(request, str(why))
    return SeeOther(message.get_absolute_url())
