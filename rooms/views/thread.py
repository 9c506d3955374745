"""A thread by HTTP: a message and its answers, beside the room."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from rooms import access
from rooms.actions.drafts import save_draft
from rooms.actions.messages_post import message_batcher
from rooms.actions.messages_prepare import NewMessage
from rooms.actions.rejected import Rejected
from rooms.actions.slash_commands import run_command
from rooms.commands import CommandAnswer, command_in
from rooms.models import Membership, Message
from rooms.render import room_page, thread
from rooms.render.beside import PREFIX, beside
from rooms.render.message import render_message
from rooms.render.rules import rules_html
from rooms.views.beside import BesideView, open_beside
from rooms.views.parameters import cursor_in


class ThreadView(BesideView):
    """The first message of a thread, its newest answers or earlier ones, and a box for another."""

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The thread; with `before`, the answers before that one, which htmx gets alone."""
        membership, first = access.thread(request.user.pk, slug, pk)
        if first.pk != pk:
            return SeeOther(f"{reverse('thread', args=[slug, first.pk])}#{PREFIX}message-{pk}")
        if request.htmx and cursor_in(request):
            return HttpResponse(thread.earlier_answers(first, cursor_in(request)))
        return self.opened(request, membership, first)

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Answer in it without a script; what cannot be posted comes back in the box."""
        membership, first = access.thread(request.user.pk, slug, pk)
        text, is_drafted = request.POST.get("body", ""), bool(request.POST.get("drafted"))
        token = request.POST.get("token", "")
        said = NewMessage(
            membership.pk, membership.person_id, text, token, first.pk, is_drafted=is_drafted, box=first.pk
        )
        try:
            answer = self.answer(membership, said)
        except Rejected as why:
            box = {"draft": text, "is_drafted": is_drafted, "error": str(why)}
            return self.opened(request, membership, first, status=422, **box)
        if answer:
            return self.opened(request, membership, first, draft="", is_drafted=False, answer=answer)
        return SeeOther(reverse("thread", args=[slug, first.pk]))

    def answer(self, membership: Membership, said: NewMessage) -> CommandAnswer | None:
        """Post it, or do what it commands, which has something to say. Raises Rejected."""
        if command := command_in(said.text):
            answer = run_command(membership, command)
            if said.is_drafted:
                save_draft(membership, "", said.box)
            return answer
        message_batcher.do_in_thread(said)
        return None

    def opened(
        self, request: PersonRequest, membership: Membership, first: Message, *, status: int = 200, **box: Any
    ) -> HttpResponse:
        """The thread, beside its room; `box` is what is in its box: draft, is_drafted, error, answer."""
        answers, more = thread.read_answers(first, cursor_in(request))
        context = {
            "first": first,
            "row": beside(render_message(first.row)),
            "rows": thread.answer_rows(first.pk, answers),
            "earlier": answers[0].pk if more else "",
            "before": cursor_in(request),
            "token": room_page.new_token(),
            "draft": first.draft or "",
            "is_drafted": bool(first.draft),
            "rules": beside(rules_html(membership.room)),
            "standing": " is-moderator" if access.moderates(membership) else "",
        }
        return open_beside(request, membership.room, "rooms/thread.html", context | box, status=status)
