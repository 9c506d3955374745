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

from accounts.access import PersonRequest
from accounts.page_context import page_context
from hypermedia import precompiled
from hypermedia.fragments import hx_partial
from hypermedia.responses import SeeOther
from rooms import access
from rooms.actions.drafts import save_draft
from rooms.actions.messages_post import NewMessage, message_batcher
from rooms.actions.reading import open_room
from rooms.actions.rejected import Rejected
from rooms.actions.slash_commands import run_command
from rooms.commands import Command, command_in
from rooms.models import Membership, Room
from rooms.models.values import MessageRow
from rooms.render import quotes, room_page
from rooms.render.history import history_url
from rooms.render.sidebar import Sidebar
from rooms.unread.marker import mark_new_messages
from rooms.views.composer_files import composer_files
from rooms.views.parameters import cursor_in, reply_target, whole_number

TEMPLATE = "rooms/room.html"


class RoomView(LoginRequiredMixin, View):
    """One room: its newest page, an older one, and the composer's other door."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The page; with `before`, the page of messages older than that one, which htmx gets alone."""
        room, joined = access.room_and_place(request.user, slug)
        if not joined:
            return render(
                request, "rooms/room_outside.html", {"room": room, "sidebar": Sidebar(request.user)}
            )
        before = cursor_in(request)
        people_revision = page_context(request).community.people_revision
        if before and request.htmx:
            older = room_page.page_before(room, people_revision, before)
            return read_older(request, room, older)
        if request.htmx and "newest" in request.GET:
            return return_to_newest(room)
        draft = room.draft or ""
        context = {"before": before, "draft": draft, "is_drafted": bool(draft), "left_off": not before}
        if not before and room.read < room.posts:
            open_room(request.user, room, room.read)
            return self.page(request, room, *room_page.read_page(room), context | {"read": room.read})
        kept = room_page.page_before(room, people_revision, before)
        return precompiled.precompiled_page(request, TEMPLATE, context | self.context(request, room, kept))

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Post without a script; what cannot be posted comes back in the box."""
        membership = access.membership(request.user.pk, slug)
        text, reply_to = request.POST.get("body", ""), reply_target(request)
        is_drafted, command = bool(request.POST.get("drafted")), command_in(text)
        files, problem = composer_files(membership, request)
        try:
            if command:
                return self.obey(request, membership, command, files, is_drafted=is_drafted)
            if problem:
                raise Rejected(problem)
            token = request.POST.get("token", "")
            message_batcher.do_in_thread(
                NewMessage(
                    membership.pk, membership.person_id, text, token, reply_to, tuple(files), is_drafted
                )
            )
        except Rejected as rejected:
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
            "answering": quotes.render_reply_target_in(membership.room, reply_target(request)),
            "attached": access.all_waiting(membership, files),
        }
        return self.page(
            request, membership.room, *room_page.read_page(membership.room), context, status=status
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
        answer = run_command(membership, command)
        if is_drafted:
            save_draft(membership, "")
        context = {"answer": answer, "attached": access.all_waiting(membership, files)}
        return self.page(request, membership.room, *room_page.read_page(membership.room), context)

    def page(
        self,
        request: PersonRequest,
        room: Room,
        page: list[MessageRow],
        more: bool,
        context: dict[str, Any],
        *,
        status: int = 200,
    ) -> HttpResponse:
        """The whole page of a room; `context` says what is particular about it."""
        html = None
        if "read" in context:
            is_here = request.user.pk in page_context(request).present.get(room.group, ())
            context["left_off"] = mark_new_messages(room, page, context["read"], is_here=is_here)
            context["earlier"], html = context["left_off"].earlier, context["left_off"].rows
        context |= self.context(request, room, room_page.render_page(page, more, html))
        if "read" in context and not context["earlier"]:
            return precompiled.precompiled_page(request, TEMPLATE, context)
        return render(request, TEMPLATE, context, status=status)

    def context(self, request: PersonRequest, room: Room, page: room_page.RenderedPage) -> dict[str, Any]:
        """What is on each page of a room."""
        return {
            "room": room,
            "rows": page.rows,
            "oldest": page.oldest,
            "top_day": page.top_day,
            "here": page_context(request).people("here", room.group),
            "token": room_page.new_token(),
        }


def read_older(request: PersonRequest, room: Room, older: room_page.RenderedPage) -> HttpResponse:
    """An older page, for the open one, whose address follows it into the history and back to its end."""
    end = get_template("rooms/room.html#end_scrolled_back")
    html = end.render({"room": room, "csp_nonce": get_nonce(request)})
    response = HttpResponse(older.older() + hx_partial("#newest", "outerHTML", html))
    if older.middle:
        response["HX-Replace-Url"] = history_url(room.slug, older.middle)
    return response


def return_to_newest(room: Room) -> HttpResponse:
    """The open page shows the newest messages again: so does its address."""
    html = get_template("rooms/room.html#end").render()
    return HttpResponse(
        hx_partial("#newest", "outerHTML", html), headers={"HX-Replace-Url": room.get_absolute_url()}
    )
