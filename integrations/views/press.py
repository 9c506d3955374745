"""The buttons that a program has put below its message, by HTTP."""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from hypermedia.fragments import hx_partial, notice
from hypermedia.responses import SeeOther, refusal
from hypermedia.views import HtmxNotFoundMixin
from integrations.actions.buttons import press
from rooms import access
from rooms.actions.rejected import Rejected
from rooms.actions.slow_commands import asked
from rooms.models import Membership, Message
from rooms.render.message import render_message


class PressView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """A button is pressed."""

    http_method_names = ("post",)
    csrf_failure_view: ClassVar[type[View] | None] = None

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Ask its program; what that changes comes with the broadcast, and what it says to who pressed it."""
        membership, message = access.message(request.user.pk, slug, pk)
        number = number_in(request)
        try:
            answer = asked(press(membership, message, number))()
        except Rejected as rejected:
            if request.htmx:
                return refusal(str(rejected), 422)
            return page(request, membership, message, number, problem=str(rejected), status=422)
        if request.htmx:
            said = notice(answer.sentence) if answer.sentence else ""
            return HttpResponse(hx_partial("#notices", "beforeend", said) if said else "")
        if answer.sentence:
            messages.info(request, answer.sentence)
        return SeeOther(message.get_absolute_url())


class UnconfirmedPressView(PressView):
    """Answers a press that comes without a valid token: with a page that has one. A row carries none."""

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Ask for one more click."""
        membership, message = access.message(request.user.pk, slug, pk)
        return page(request, membership, message, number_in(request), status=403)


PressView.csrf_failure_view = UnconfirmedPressView


def number_in(request: PersonRequest) -> int:
    """Which of the buttons is pressed. Raises NotFound where that is none."""
    said = request.POST.get("press", "")
    if not (said.isascii() and said.isdigit() and len(said) < 4):
        raise access.NotFound
    return int(said)


def page(
    request: PersonRequest,
    membership: Membership,
    message: Message,
    number: int,
    *,
    status: int,
    **context: Any,
) -> HttpResponse:
    """The message, and its button once more. Raises NotFound where it has no such."""
    labels = (message.buttons or "").split("\n")
    if number >= len(labels) or not labels[number]:
        raise access.NotFound
    context |= {
        "room": membership.room,
        "message": message,
        "current_slug": membership.room.slug,
        "row": render_message(message.row),
        "number": number,
        "label": labels[number],
    }
    return render(request, "integrations/press.html", context, status=status)
