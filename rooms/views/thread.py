"""A thread by HTTP: a message, and its answers."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from rooms import access
from rooms.models import Membership, Message
from rooms.render import room_page, thread
from rooms.render.message import render_message, render_messages
from rooms.render.names import room_heading
from rooms.render.rules import rules_html
from rooms.views.parameters import cursor_in


class ThreadView(LoginRequiredMixin, View):
    """The first message of a thread, its newest answers or earlier ones, and a composer for another."""

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The page; with `before`, the answers before that one, which htmx gets alone."""
        membership, first = access.thread(request.user.pk, slug, pk)
        if first.pk != pk:
            return SeeOther(f"{reverse('thread', args=[slug, first.pk])}#message-{pk}")
        if request.htmx and cursor_in(request):
            return HttpResponse(thread.earlier_answers(first, cursor_in(request)))
        return self.page(request, membership, first)

    def page(
        self,
        request: PersonRequest,
        membership: Membership,
        first: Message,
        *,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        """The page of a thread; `context` says what is particular about it."""
        answers, more = thread.read_answers(first, cursor_in(request))
        context |= {
            "room": membership.room,
            "heading": room_heading(membership.room),
            "rules": rules_html(membership.room),
            "standing": " is-moderator" if access.moderates(membership) else "",
            "current_slug": membership.room.slug,
            "first": first,
            "row": render_message(first.row),
            "rows": render_messages(answers),
            "earlier": answers[0].pk if more else "",
            "before": cursor_in(request),
            "token": room_page.new_token(),
        }
        return render(request, "rooms/thread.html", context, status=status)
