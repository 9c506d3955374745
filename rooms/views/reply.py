"""Answering one message by HTTP."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from live.fragments import partial
from rooms import access, fragments
from rooms.pieces import quotes
from rooms.rows import row
from rooms.views.gone import GoneToHtmx


class ReplyView(GoneToHtmx, LoginRequiredMixin, View):
    """A composer for an answer."""

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The page; to htmx the quote, for the composer that is on its page already."""
        membership, message = access.message(request.user.pk, slug, pk)
        if request.htmx:
            html = partial("#reply-to", "innerHTML", quotes.answering(message.shown))
            html += partial(f"#menu-{message.pk}", "delete") + FOCUS
            return HttpResponse(html)
        context = {
            "room": membership.room,
            "current_slug": slug,
            "message": message,
            "row": row(message.shown),
            "answering": quotes.answering(message.shown),
            "token": fragments.new_token(),
        }
        return render(request, "rooms/reply.html", context)


# htmx does not morph the box (templates/base.html): it keeps what is in it, and gets the focus it asks for.
FOCUS = partial("#body", "outerMorph", '<textarea id="body"></textarea>')
