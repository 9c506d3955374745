"""The reactions to one message by HTTP."""

from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther, refusal
from hypermedia.views import HtmxNotFoundMixin
from rooms import access, emoji
from rooms.actions.reactions import toggle_reaction
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Message
from rooms.render.beside import beside
from rooms.render.message import render_message
from rooms.render.reactions import ReactionSummary, summaries
from rooms.views.beside import open_beside
from rooms.views.menu import leave_menu

# So many of those who gave one emoji are named on the page of a message's reactions.
NAMED_ON_PAGE = 200


class ReactionsView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """Who reacted to a message and how, and what one may react with."""

    csrf_failure_view: ClassVar[type[View] | None] = None

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Who reacted, beside the room; to htmx only with `who`, or `given` where that is open already.

        Else it gets what one may react with, or, with `q`, those that are called so.
        """
        membership, message = access.message(request.user.pk, slug, pk)
        if not request.htmx or "who" in request.GET:
            return self.page(request, membership, message)
        if "given" in request.GET:
            return render(request, "rooms/reactions.html#who", {"reacted": reacted(message)})
        part = "emojis" if "q" in request.GET else "all"
        return render(request, f"rooms/picker.html#{part}", self.choice(request, membership, message))

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Give an emoji, or take it back."""
        membership, message = access.message(request.user.pk, slug, pk)
        try:
            toggle_reaction(membership, message, request.POST.get("emoji", ""))
        except Rejected as rejected:
            if request.htmx:
                return refusal(str(rejected), 422)
            return self.page(request, membership, message, problem=str(rejected), status=422)
        if request.htmx:
            # The row itself comes with the broadcast, to this page as to all others and in its order.
            return HttpResponse(leave_menu(message))
        return SeeOther(message.get_absolute_url())

    def page(
        self,
        request: PersonRequest,
        membership: Membership,
        message: Message,
        *,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        """Who reacted to a message, and with what one may; `context` says what is particular about it."""
        given = reacted(message)
        context |= self.choice(request, membership, message) | {
            "row": beside(render_message(message.row)),
            "reacted": given,
            "is_given": any(
                request.user.pk in one.people for one in given if one.emoji == context.get("pressed")
            ),
        }
        return open_beside(request, membership.room, "rooms/reactions.html", context, status=status)

    def choice(self, request: PersonRequest, membership: Membership, message: Message) -> dict[str, Any]:
        """What there is to react with, and what of it is called as `q` says."""
        query = request.GET.get("q", "").replace("\x00", "").strip()[: emoji.QUERY_LIMIT]
        return {
            "room": membership.room,
            "message": message,
            "query": query,
            "found": emoji.search_emoji(query),
            "groups": emoji.emoji_groups(),
        }


def reacted(message: Message) -> list[ReactionSummary]:
    """What was reacted to a message, and by whom. One query."""
    return summaries([message.pk], NAMED_ON_PAGE).get(message.pk, [])


class UnconfirmedReactionView(ReactionsView):
    """Answers a reaction that comes without a valid token: with the page, on which the same form has one.

    A row carries no token, being the same for everybody; htmx adds one to what it sends. So the form in it
    does nothing without a script but lead here.
    """

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Ask for one more click."""
        membership, message = access.message(request.user.pk, slug, pk)
        pressed = emoji.parse_emoji(request.POST.get("emoji", ""))
        return self.page(request, membership, message, pressed=pressed, status=403)


ReactionsView.csrf_failure_view = UnconfirmedReactionView
