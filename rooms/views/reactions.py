"""The reactions to one message by HTTP."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.access import PersonRequest
from hypermedia.fragments import hx_partial
from hypermedia.responses import SeeOther, refusal
from hypermedia.views import HtmxNotFoundMixin
from rooms import access, emoji
from rooms.actions.reactions import toggle_reaction
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Message
from rooms.render.message import render_message
from rooms.render.reactions import summaries

# So many of those who gave one emoji are named on the page of a message's reactions.
NAMED_ON_PAGE = 200


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


_csrf = CsrfViewMiddleware(_nothing)


# A row carries no token, being the same for everybody; htmx adds one to what it sends. So the form in
# it does nothing without a script but lead here, where the same form has one: `post` checks for it.
@method_decorator(csrf_exempt, name="dispatch")
class ReactionsView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """Who reacted to a message and how, and what one may react with."""

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The page; to htmx what one may react with, or, with `q`, those that are called so."""
        membership, message = access.message(request.user.pk, slug, pk)
        if not request.htmx:
            return self.page(request, membership, message)
        part = "emojis" if "q" in request.GET else "all"
        return render(request, f"rooms/picker.html#{part}", self.choice(request, membership, message))

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Give an emoji, or take it back."""
        membership, message = access.message(request.user.pk, slug, pk)
        text = request.POST.get("emoji", "")
        if not is_ours(request):
            return self.page(request, membership, message, pressed=emoji.parse_emoji(text), status=403)
        try:
            toggle_reaction(membership, message, text)
        except Rejected as rejected:
            if request.htmx:
                return refusal(str(rejected), 422)
            return self.page(request, membership, message, problem=str(rejected), status=422)
        if request.htmx:
            # The row itself comes with the broadcast, to this page as to all others and in its order.
            return HttpResponse(hx_partial(f"#menu-{message.pk}", "delete"))
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
        """The page of a message's reactions; `context` says what is particular about it."""
        given = summaries([message.pk], NAMED_ON_PAGE).get(message.pk, [])
        context |= self.choice(request, membership, message) | {
            "current_slug": membership.room.slug,
            "row": render_message(message.shown),
            "reacted": given,
            "is_given": any(
                request.user.pk in one.people for one in given if one.emoji == context.get("pressed")
            ),
        }
        return render(request, "rooms/reactions.html", context, status=status)

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


def is_ours(request: PersonRequest) -> bool:
    """Whether a form of ours, on a page of who is signed in, sent this."""
    return _csrf.process_view(request, _nothing, (), {}) is None
