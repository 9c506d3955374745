"""One room by HTTP: a page, and to htmx the part of it that changes."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.middleware.csp import get_nonce
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.views import View

from accounts import stencils
from accounts.access import PersonRequest
from accounts.around import around
from live.fragments import partial
from rooms import access, actions, fragments
from rooms.commands import Command, command_in
from rooms.history import place_of
from rooms.left_off import left_off
from rooms.models import Membership, Room
from rooms.models.message import Shown
from rooms.pieces import quotes
from rooms.side import Side
from rooms.views.attached import brought
from rooms.views.see_other import SeeOther

TEMPLATE = "rooms/room.html"


class RoomView(LoginRequiredMixin, View):
    """One room: its newest page, an older one, and the composer's other door."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The page; with `before`, the page of messages older than that one, which htmx gets alone."""
        room, joined = access.room_and_place(request.user, slug)
        if not joined:
            return render(request, "rooms/room_outside.html", {"room": room, "side": Side(request.user)})
        before = cursor_in(request)
        people_revision = around(request).community.people_revision
        if before and request.htmx:
            older = fragments.page_at(room, people_revision, before)
            return scrolled_back(request, room, older)
        if request.htmx and "newest" in request.GET:
            return returned(room)
        draft = room.draft or ""
        context = {"before": before, "draft": draft, "is_drafted": bool(draft), "left_off": not before}
        if not before and room.read < room.posts:
            actions.open_room(request.user, room, room.read)
            return self.page(request, room, *fragments.page_of(room), context | {"read": room.read})
        kept = fragments.page_at(room, people_revision, before)
        return stencils.page(request, TEMPLATE, context | self.context(request, room, kept))

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Post without a script; what cannot be posted comes back in the box."""
        membership = access.membership(request.user.pk, slug)
        text, reply_to = request.POST.get("body", ""), answered(request)
        is_drafted, command = bool(request.POST.get("drafted")), command_in(text)
        files, problem = brought(membership, request)
        try:
            if command:
                return self.obey(request, membership, command, files, is_drafted=is_drafted)
            if problem:
                raise actions.Rejected(problem)
            token = request.POST.get("token", "")
            actions.posting_together.do_in_thread(
                actions.NewMessage(membership.pk, text, token, reply_to, tuple(files), is_drafted)
            )
        except actions.Rejected as rejected:
            return self.again(request, membership, files, error=str(rejected), status=422)
        thread = whole_number(request.POST.get("thread", ""))
        address = reverse("thread", args=[slug, thread]) if thread else membership.room.get_absolute_url()
        return SeeOther(address + "#newest")

    def again(
        self,
        request: PersonRequest,
        membership: Membership,
        files: Iterable[int],
        *,
        status: int = 200,
        **more: object,
    ) -> HttpResponse:
        """The page, with what its composer held; `more` is what that is said to be."""
        context = {
            **more,
            "draft": request.POST.get("body", ""),
            "is_drafted": bool(request.POST.get("drafted")),
            "answering": quotes.answering_in(membership.room, answered(request)),
            "attached": access.all_waiting(membership, files),
        }
        return self.page(
            request, membership.room, *fragments.page_of(membership.room), context, status=status
        )

    def obey(
        self,
        request: PersonRequest,
        membership: Membership,
        command: Command,
        files: Iterable[int],
        *,
        is_drafted: bool,
    ) -> HttpResponse:
        """The page, with the answer to a command, and with the files that wait for a message."""
        answer = actions.obey(membership, command)
        if is_drafted:
            actions.save_draft(membership, "")
        context = {"answer": answer, "attached": access.all_waiting(membership, files)}
        return self.page(request, membership.room, *fragments.page_of(membership.room), context)

    def page(
        self,
        request: PersonRequest,
        room: Room,
        page: list[Shown],
        more: bool,
        context: dict[str, Any],
        *,
        status: int = 200,
    ) -> HttpResponse:
        """The whole page of a room; `context` says what is particular about it."""
        html = None
        if "read" in context:
            is_here = request.user.pk in around(request).present.get(room.group, ())
            context["left_off"] = left_off(room, page, context["read"], is_here=is_here)
            context["earlier"], html = context["left_off"].earlier, context["left_off"].rows
        context |= self.context(request, room, fragments.rendered(page, more, html))
        if "read" in context and not context["earlier"]:
            return stencils.page(request, TEMPLATE, context)
        return render(request, TEMPLATE, context, status=status)

    def context(self, request: PersonRequest, room: Room, page: fragments.Page) -> dict[str, Any]:
        """What is on each page of a room."""
        return {
            "room": room,
            "rows": page.rows,
            "oldest": page.oldest,
            "top_day": page.top_day,
            "here": around(request).people("here", room.group),
            "token": fragments.new_token(),
        }


def scrolled_back(request: PersonRequest, room: Room, older: fragments.Page) -> HttpResponse:
    """An older page, for the open one, whose address follows it into the history and back to its end."""
    end = get_template("rooms/room.html#end_scrolled_back")
    html = end.render({"room": room, "csp_nonce": get_nonce(request)})
    response = HttpResponse(older.older() + partial("#newest", "outerHTML", html))
    if older.middle:
        response["HX-Replace-Url"] = place_of(room.slug, older.middle)
    return response


def returned(room: Room) -> HttpResponse:
    """The open page shows the newest messages again: so does its address."""
    html = get_template("rooms/room.html#end").render()
    return HttpResponse(
        partial("#newest", "outerHTML", html), headers={"HX-Replace-Url": room.get_absolute_url()}
    )


def cursor_in(request: PersonRequest) -> int | None:
    """The id in `before`, or nothing where that is no id."""
    return whole_number(request.GET.get("before", ""))


def answered(request: PersonRequest) -> int | None:
    """The message that a composer answers: the one chosen, or else the first of the thread that it is in."""
    ids = (whole_number(request.POST.get(name, "")) for name in ("reply_to", "thread"))
    return next(filter(None, ids), None)


def whole_number(text: str) -> int | None:
    """The id that `text` is, or nothing where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
