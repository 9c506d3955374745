"""The votes of a poll by HTTP."""

from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther, refusal
from hypermedia.views import HtmxNotFoundMixin
from rooms import access
from rooms.access import NotFound
from rooms.actions.rejected import Rejected
from rooms.actions.votes import toggle_vote
from rooms.models import Membership, Message
from rooms.polls import Poll, poll_in
from rooms.render.message import render_message
from rooms.render.polls import summaries

# So many of those who chose the same are named on the page.
NAMED_ON_PAGE = 200


class VotesView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """Who voted for what in a poll."""

    csrf_failure_view: ClassVar[type[View] | None] = None

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The page."""
        return self.page(request, *self.poll(request, slug, pk))

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Give a vote, or take it back."""
        membership, message, poll = self.poll(request, slug, pk)
        try:
            toggle_vote(membership, message, request.POST.get("choice", ""))
        except Rejected as rejected:
            if request.htmx:
                return refusal(str(rejected), 422)
            return self.page(request, membership, message, poll, problem=str(rejected), status=422)
        if request.htmx:
            # The row comes with the broadcast, to this page as to all others and in its order.
            return HttpResponse()
        return SeeOther(message.get_absolute_url())

    def poll(self, request: PersonRequest, slug: str, pk: int) -> tuple[Membership, Message, Poll]:
        """The poll that is asked for. Raises NotFound where the message is none."""
        membership, message = access.message(request.user.pk, slug, pk)
        poll = poll_in(message.body)
        if poll is None:
            raise NotFound
        return membership, message, poll

    def page(
        self,
        request: PersonRequest,
        membership: Membership,
        message: Message,
        poll: Poll,
        *,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        """The page of a poll's votes; `context` says what is particular about it."""
        choices = summaries({message.pk: poll}, NAMED_ON_PAGE)[message.pk]
        context |= {
            "room": membership.room,
            "message": message,
            "current_slug": membership.room.slug,
            "row": render_message(message.row),
            "choices": choices,
            "is_given": any(
                request.user.pk in dict(one.people) for one in choices if one.choice == context.get("pressed")
            ),
        }
        return render(request, "rooms/votes.html", context, status=status)


class UnconfirmedVoteView(VotesView):
    """Answers a vote that comes without a valid token: with the page, on which the same form has one.

    A row carries no token, being the same for everybody; htmx adds one to what it sends.
    """

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Ask for one more click."""
        membership, message, poll = self.poll(request, slug, pk)
        wanted = request.POST.get("choice", "")
        pressed = wanted if wanted in poll.choices else None
        return self.page(request, membership, message, poll, pressed=pressed, status=403)


VotesView.csrf_failure_view = UnconfirmedVoteView
