"""Editing one's own message by HTTP."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.access import PersonRequest
from hypermedia.fragments import hx_partial
from hypermedia.responses import SeeOther
from hypermedia.views import HtmxNotFoundMixin
from rooms import access
from rooms.actions.messages_edit import NOT_YOURS, EditConflict, edit_message, edit_state
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Message, Room
from rooms.render.beside import PREFIX
from rooms.render.message import render_focused_time
from rooms.views.menu import empty_menu, rejection
from rooms.views.parameters import whole_number

GONE = _("That message is no longer there. Your text is, for you to copy.")


class EditView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """A box with what one said, in its place; what is in it may be sent in its stead."""

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The box, as a page or for the list of messages; with `leave`, what takes it out of that list."""
        membership, message = access.message(request.user.pk, slug, pk)
        if request.htmx and "leave" in request.GET:
            return HttpResponse(close_edit_box(message))
        if message.author_id != membership.person_id:
            return rejection(request, message, Rejected(NOT_YOURS))
        box = EditBox(request, membership.room, pk, message.body, seen=edit_state(message))
        return box.opened() if request.htmx else box.page()

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Save; what cannot be saved stays in the box, with the reason."""
        text, seen = request.POST.get("body", ""), request.POST.get("seen", "")
        try:
            return self.save(request, *access.message(request.user.pk, slug, pk), text, seen)
        except access.NotFound:
            room = access.membership(request.user.pk, slug).room
            return EditBox(request, room, pk, text, seen=seen, is_gone=True).refused(str(GONE), 404)

    def save(
        self, request: PersonRequest, membership: Membership, message: Message, text: str, seen: str
    ) -> HttpResponseBase:
        """Save, or say why not. Raises NotFound."""
        box = EditBox(request, membership.room, message.pk, text, seen=seen)
        try:
            edit_message(membership, message, text, seen)
        except EditConflict as overtaken:
            box.seen, box.there = edit_state(overtaken.there), overtaken.there.body
            return box.refused(str(overtaken), 409)
        except Rejected as rejected:
            return box.refused(str(rejected), 422)
        return HttpResponse(close_edit_box(message)) if request.htmx else SeeOther(message.get_absolute_url())


class LastEditView(LoginRequiredMixin, View):
    """The box with what one said last, of what a page of the room shows; of a thread, with `thread`."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The box; nothing, where one has said nothing there."""
        membership = access.membership(request.user.pk, slug)
        last = membership.room.messages.last_said_by(
            request.user, whole_number(request.GET.get("thread", ""))
        )
        if last is None:
            return HttpResponse(status=204) if request.htmx else redirect(membership.room)
        if not request.htmx:
            return redirect("message_edit", slug, last.pk)
        return EditBox(request, membership.room, last.pk, last.body, seen=edit_state(last)).opened()


class EditBox:
    """The box in which one edits a message, with `text` in it."""

    def __init__(
        self, request: PersonRequest, room: Room, pk: int, text: str, *, seen: str, is_gone: bool = False
    ) -> None:
        self.request, self.room, self.pk = request, room, pk
        self.text, self.seen, self.is_gone = text, seen, is_gone
        # Why it was not saved, and what the message says by now.
        self.error, self.there = "", ""

    @property
    def rows(self) -> int:
        """How tall the box is where a browser does not let it grow: about a row for each line in it."""
        return min(12, sum(1 + len(line) // 70 for line in self.text.split("\n")) + 1)

    def opened(self) -> HttpResponse:
        """To htmx: after the row, unless it is there already with what somebody wrote in it.

        Where the row stands twice it is the one beside the room, which is in sight on a phone as well. Where
        one has begun a message since it comes too late: the box would get the rest of that.
        """
        beside = f"#{PREFIX}message-{self.pk}"
        row = f":is({beside},body:not(:has({beside})) #message-{self.pk}):not(:has(~ #edit-{self.pk}))"
        in_time = "body:not(:has(textarea:focus:not(:placeholder-shown))) "
        return HttpResponse(empty_menu() + hx_partial(in_time + row, "afterend", self.html()))

    def page(self, status: int = 200) -> HttpResponse:
        """By itself."""
        return render(self.request, "rooms/edit.html", self.context(), status=status)

    def refused(self, why: str, status: int) -> HttpResponse:
        """The same box, with the reason why its text was not saved."""
        self.error = why
        if not self.request.htmx:
            return self.page(status)
        return HttpResponse(hx_partial(f"#edit-{self.pk}", "outerHTML", self.html()), status=status)

    def html(self) -> str:
        return render_to_string("rooms/edit.html#box", self.context(), self.request)

    def context(self) -> dict[str, object]:
        return {"box": self, "room": self.room, "current_slug": self.room.slug}


def close_edit_box(message: Message) -> str:
    """Partials that close the box; the time in the row gets the focus, which was in it."""
    row, has_box = f"message-{message.pk}", f":has(~ #edit-{message.pk})"
    times = f":is(#{row},#{PREFIX}{row}){has_box} .when"
    time = hx_partial(times, "outerHTML", render_focused_time(message.row))
    return hx_partial(f"#edit-{message.pk}", "delete") + time
