"""One room by HTTP: a page, and to htmx the part of it that changes."""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import OperationalError
from django.http import HttpResponse, HttpResponseBase
from django.middleware.csp import get_nonce
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.views import View

from accounts.access import PersonRequest
from accounts.page_context import page_context
from hypermedia import precompiled
from hypermedia.fragments import hx_partial
from hypermedia.locales import current_locale
from hypermedia.responses import SeeOther
from live.server_process import circuit
from rooms import access
from rooms.actions.drafts import save_draft
from rooms.actions.messages_post import message_batcher
from rooms.actions.messages_prepare import NewMessage
from rooms.actions.reading import open_room
from rooms.actions.rejected import Rejected
from rooms.actions.slash_commands import run_command
from rooms.actions.slow_commands import answered
from rooms.commands import command_in
from rooms.models import Membership, Room
from rooms.render import quotes, room_page
from rooms.render.first_hour import first_hour
from rooms.render.history import history_url
from rooms.render.names import room_heading
from rooms.render.rules import rules_html
from rooms.render.sidebar import Sidebar
from rooms.unread.marker import MarkedRows, mark_new_messages
from rooms.views.composer_files import attached_files, composer_files, descriptions
from rooms.views.panel import close_panel, follow_address
from rooms.views.parameters import cursor_in, reply_target

TEMPLATE = "rooms/room.html"
# Whom a page may be asked to mention.
USERNAME = re.compile(r"[A-Za-z0-9._-]{1,40}")
# Where one of these is on the page, it has loops and filters: only the template engine can draw it.
ASKED_OF_THE_ENGINE = ("earlier", "answer", "attached")


class RoomView(LoginRequiredMixin, View):
    """One room: its newest page, an older one, and the composer's other door."""

    takes_files = True

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The page; with `before`, the page of messages older than that one, which htmx gets alone."""
        try:
            room, joined = access.room_and_place(request.user, slug)
        except access.NotFound:
            return redirect(access.moved_room(request.user, slug), permanent=False)
        before = cursor_in(request)
        if not joined:
            return render(
                request, "rooms/room_outside.html", {"room": room, "sidebar": Sidebar(request.user)}
            )
        if request.htmx and "newest" in request.GET:
            return return_to_newest(request, room)
        if request.htmx and not before:
            return close_panel(room.get_absolute_url())
        if not before and room.read < room.posts:
            self.note_that_it_is_read(request, room)
            page, marked = self.with_marker(request, room)
            return self.page(request, room, page, marked, is_newest=True, **begun(request, room))
        people_revision = page_context(request).community.people_revision
        page = room_page.page_before(room, people_revision, current_locale(), before)
        if before and request.htmx:
            return read_older(request, room, page)
        return self.page(request, room, page, before=before, is_newest=not before, **begun(request, room))

    def note_that_it_is_read(self, request: PersonRequest, room: Room) -> None:
        """Write it down, if that can be: who can read may read."""
        try:
            open_room(request.user, room, room.read)
        except OperationalError as error:
            circuit.record_failure(error)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Post without a script; what cannot be posted comes back in the box."""
        membership = access.membership(request.user.pk, slug)
        text, reply_to = request.POST.get("body", ""), reply_target(request)
        is_drafted, command = bool(request.POST.get("drafted")), command_in(text)
        files, problem = composer_files(membership, request)
        try:
            if command:
                answer = answered(run_command(membership, command))
                if is_drafted:
                    save_draft(membership, "")
                # What was typed is done: the box is empty.
                empty: dict[str, Any] = {"draft": "", "is_drafted": False, "answering": ""}
                return self.again(request, membership, files, answer=answer, **empty)
            if problem:
                raise Rejected(problem)
            token = request.POST.get("token", "")
            person_id = membership.person_id
            said = descriptions(request, files)
            message_batcher.do_in_thread(
                NewMessage(membership.pk, person_id, text, token, reply_to, tuple(files), is_drafted, said)
            )
        except Rejected as rejected:
            return self.again(request, membership, files, status=422, error=str(rejected))
        return SeeOther(membership.room.get_absolute_url() + "#newest")

    def again(
        self,
        request: PersonRequest,
        membership: Membership,
        files: Iterable[int],
        *,
        status: int = 200,
        **composer: Any,
    ) -> HttpResponse:
        """The newest page, with what the composer held that was sent; `composer` is what is other in it."""
        room = membership.room
        sent: dict[str, Any] = {
            "draft": request.POST.get("body", ""),
            "is_drafted": bool(request.POST.get("drafted")),
            "answering": quotes.render_reply_target_in(room, reply_target(request)),
            "attached": attached_files(membership, request, files),
        }
        page = room_page.render_page(*room_page.read_page(room))
        return self.page(request, room, page, status=status, **sent | composer)

    def with_marker(self, request: PersonRequest, room: Room) -> tuple[room_page.RenderedPage, MarkedRows]:
        """The newest page, for somebody who has not read all of it, and where the line is."""
        messages, more = room_page.read_page(room)
        is_here = request.user.pk in page_context(request).present.get(room.group, ())
        marked = mark_new_messages(room, messages, room.read, is_here=is_here)
        return room_page.render_page(messages, more, marked.rows), marked

    def page(
        self,
        request: PersonRequest,
        room: Room,
        page: room_page.RenderedPage,
        marked: MarkedRows | None = None,
        *,
        status: int = 200,
        **composer: Any,
    ) -> HttpResponse:
        """The whole page: the one place where all that it shows is put together.

        `composer` is what its composer begins with: draft, is_drafted, error, answer, answering, attached;
        and of the page, `before`, the message before which it ends, or `is_newest`: what comes is read there,
        and `panel`, what is open beside it.
        """
        context = {
            "room": room,
            "heading": room_heading(room),
            "rules": rules_html(room),
            "standing": standing_in(request, room),
            "is_named": not room.is_direct,
            "rows": page.rows,
            "oldest": page.oldest,
            "top_day": page.top_day,
            "here": page_context(request).people("here", room.group),
            "token": room_page.new_token(),
            # What began before this page, and is new.
            "earlier": marked.earlier if marked else None,
            "news": marked.news if marked else 0,
            "before": None,
            "is_newest": False,
            "draft": "",
            "error": "",
            "answer": None,
            "answering": "",
            "attached": (),
            # What an empty room proposes to who runs the community.
            "first_hour": "",
        } | composer
        if not (page.rows or room.posts or room.is_direct):
            context["first_hour"] = first_hour(request, page_context(request).community)
        context.setdefault("is_drafted", bool(context["draft"]))
        if request.method != "GET" or any(context[name] for name in ASKED_OF_THE_ENGINE):
            return render(request, TEMPLATE, context, status=status)
        return precompiled.precompiled_page(request, TEMPLATE, context)


def begun(request: PersonRequest, room: Room) -> dict[str, Any]:
    """What the box begins with: what somebody has begun to write, and whom they go on to mention."""
    draft, mentioned = room.draft or "", request.GET.get("mention", "")
    if USERNAME.fullmatch(mentioned):
        draft = f"{draft.rstrip()} @{mentioned} ".lstrip()
    return {"draft": draft, "is_drafted": bool(room.draft)}


def standing_in(request: PersonRequest, room: Room) -> str:
    """The class of a page of the room: whether its rules hold for the current user."""
    return " is-moderator" if access.is_moderator(room, room.role, request.user) else ""


def read_older(request: PersonRequest, room: Room, older: room_page.RenderedPage) -> HttpResponse:
    """An older page, for the open one, whose address follows it into the history and back to its end."""
    end = get_template("rooms/room.html#end_scrolled_back")
    html = end.render({"room": room, "csp_nonce": get_nonce(request)})
    address = follow_address(request, history_url(room.slug, older.middle)) if older.middle else {}
    return HttpResponse(older.older() + hx_partial("#newest", "outerHTML", html), headers=address)


def return_to_newest(request: PersonRequest, room: Room) -> HttpResponse:
    """The open page shows the newest messages again: so does its address."""
    html = get_template("rooms/room.html#end").render({"is_newest": True, "csp_nonce": get_nonce(request)})
    address = follow_address(request, room.get_absolute_url())
    return HttpResponse(hx_partial("#newest", "outerHTML", html), headers=address)


def render_room_with(request: PersonRequest, room: Room, panel: str, *, status: int = 200) -> HttpResponse:
    """The newest page of `room`, with `panel` beside it. It is read once it is seen: the page says so."""
    room, joined = access.room_and_place(request.user, room.slug)
    if not joined:
        raise access.NotFound
    view, marked = RoomView(), None
    if room.read < room.posts:
        page, marked = view.with_marker(request, room)
    else:
        people_revision = page_context(request).community.people_revision
        page = room_page.page_before(room, people_revision, current_locale())
    # The address may be about something else.
    side = Sidebar(request.user, room.slug)
    there = {"panel": panel, "sidebar": side, "is_newest": True, **begun(request, room)}
    return view.page(request, room, page, marked, status=status, **there)
