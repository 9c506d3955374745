"""A thread by HTTP: a message and its answers, beside the room."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import OperationalError
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from live.server_process import circuit
from rooms import access
from rooms.actions.drafts import save_draft
from rooms.actions.following import read_thread
from rooms.actions.messages_post import message_batcher
from rooms.actions.messages_prepare import NewMessage
from rooms.actions.rejected import Rejected
from rooms.actions.slash_commands import run_command
from rooms.actions.slow_commands import answered
from rooms.commands import CommandAnswer, command_in
from rooms.models import Membership, Message
from rooms.models.values import MessageRow
from rooms.render import room_page, thread
from rooms.render.beside import PREFIX, beside
from rooms.render.message import render_message
from rooms.render.rules import rules_html
from rooms.views.beside import BesideView, open_beside
from rooms.views.composer_files import attached_files, composer_files, descriptions
from rooms.views.parameters import cursor_in


class ThreadView(BesideView):
    """The first message of a thread, its newest answers or earlier ones, and a box for another."""

    takes_files = True

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The thread; with `before`, the answers before that one, which htmx gets alone."""
        membership, first = access.thread(request.user.pk, slug, pk)
        if first.pk != pk:
            return SeeOther(f"{reverse('thread', args=[slug, first.pk])}#{PREFIX}message-{pk}")
        if request.htmx and cursor_in(request):
            return HttpResponse(thread.earlier_answers(first, cursor_in(request)))
        return self.opened(request, membership, first)

    def note_that_it_is_seen(self, first: Message, answers: Sequence[MessageRow], person_id: int) -> None:
        """Write down the last of `answers` as seen, where that is new to who follows it, if that can be."""
        if first.seen is None or not answers or answers[-1].pk <= first.seen:
            return
        try:
            read_thread(person_id, first.pk, answers[-1].pk)
        except OperationalError as error:
            circuit.record_failure(error)

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Answer in it without a script; what cannot be posted comes back in the box."""
        membership, first = access.thread(request.user.pk, slug, pk)
        text, is_drafted = request.POST.get("body", ""), bool(request.POST.get("drafted"))
        token, (files, problem) = request.POST.get("token", ""), composer_files(membership, request)
        said = NewMessage(
            membership.pk,
            membership.person_id,
            text,
            token,
            first.pk,
            files,
            is_drafted,
            descriptions(request, files),
            first.pk,
        )
        try:
            answer = self.answer(membership, said, problem)
        except Rejected as why:
            return self.again(request, membership, first, files, status=422, error=str(why))
        if answer:
            empty: dict[str, Any] = {"draft": "", "is_drafted": False}
            return self.again(request, membership, first, files, answer=answer, **empty)
        return SeeOther(reverse("thread", args=[slug, first.pk]))

    def answer(self, membership: Membership, said: NewMessage, problem: str) -> CommandAnswer | None:
        """Post it, or do what it commands, which has something to say. Raises Rejected.

        `problem` is what is wrong with a file that came with it: then it is not posted.
        """
        if command := command_in(said.text):
            answer = answered(run_command(membership, command))
            if said.is_drafted:
                save_draft(membership, "", said.box)
            return answer
        if problem:
            raise Rejected(problem)
        message_batcher.do_in_thread(said)
        return None

    def again(
        self,
        request: PersonRequest,
        membership: Membership,
        first: Message,
        files: Iterable[int],
        *,
        status: int = 200,
        **box: Any,
    ) -> HttpResponse:
        """The thread, with what its box held that was sent; `box` is what is other in it."""
        sent: dict[str, Any] = {
            "draft": request.POST.get("body", ""),
            "is_drafted": bool(request.POST.get("drafted")),
            "attached": attached_files(membership, request, files),
        }
        return self.opened(request, membership, first, status=status, **sent | box)

    def opened(
        self, request: PersonRequest, membership: Membership, first: Message, *, status: int = 200, **box: Any
    ) -> HttpResponse:
        """The thread, beside its room.

        `box` is what is in its box: draft, is_drafted, attached, error, answer.
        """
        answers, more = thread.read_answers(first, cursor_in(request))
        self.note_that_it_is_seen(first, answers, membership.person_id)
        context = {
            "first": first,
            "row": beside(render_message(first.row)),
            "rows": thread.answer_rows(first.pk, answers),
            "earlier": answers[0].pk if more else "",
            "before": cursor_in(request),
            "token": room_page.new_token(),
            "draft": first.draft or "",
            "is_drafted": bool(first.draft),
            "attached": (),
            "rules": beside(rules_html(membership.room)),
            "standing": " is-moderator" if access.moderates(membership) else "",
        }
        return open_beside(request, membership.room, "rooms/thread.html", context | box, status=status)
