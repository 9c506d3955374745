"""What is open beside a room, as htmx is answered, and the address of the page meanwhile."""

from django.http import HttpResponse
from django.urls import Resolver404, resolve

from accounts.access import PersonRequest
from hypermedia.fragments import hx_partial
from rooms.views.menu import empty_menu
from rooms.views.reply import FOCUS, FOCUS_BACK

# The pages whose address follows what one reads there.
READ_ALONG = {"room", "history", "message"}


def fill_panel(html: str, address: str, status: int = 200) -> HttpResponse:
    """To htmx: what is beside the room now, and its address; the menu it was chosen from is closed."""
    panel = hx_partial("#panel", "innerHTML", html)
    html = empty_menu() + panel + FOCUS_BACK
    return HttpResponse(html, status=status, headers={"HX-Push-Url": address})


def close_panel(address: str) -> HttpResponse:
    """To htmx: there is nothing beside the room any longer; one goes on writing in it."""
    return HttpResponse(hx_partial("#panel", "innerHTML") + FOCUS, headers={"HX-Push-Url": address})


def follow_address(request: PersonRequest, address: str) -> dict[str, str]:
    """The headers with which a page's address follows what one reads: not where it is of what is beside."""
    try:
        shown = resolve((request.htmx.current_url_abs_path or "").partition("?")[0])
    except Resolver404:
        return {"HX-Replace-Url": address}
    return {"HX-Replace-Url": address} if shown.url_name in READ_ALONG else {}
