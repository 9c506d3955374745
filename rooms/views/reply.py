"""Answering one message by HTTP."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from hypermedia.fragments import hx_partial
from hypermedia.views import HtmxNotFoundMixin
from rooms import access
from rooms.render import quotes, room_page
from rooms.render.message import render_message
from rooms.views.menu import empty_menu


class ReplyView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """A composer for an answer."""

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The page; to htmx the quote, for the composer that is on its page already."""
        membership, message = access.message(request.user.pk, slug, pk)
        if request.htmx:
            html = hx_partial("#reply-to", "innerHTML", quotes.render_reply_target(message.row))
            return HttpResponse(html + empty_menu() + FOCUS)
        context = {
            "room": membership.room,
            "current_slug": slug,
            "message": message,
            "row": render_message(message.row),
            "answering": quotes.render_reply_target(message.row),
            "token": room_page.new_token(),
        }
        return render(request, "rooms/reply.html", context)


# htmx does not morph the box (templates/base.html): it keeps what is in it, and gets the focus it asks for.
SAME_BOX = '<textarea id="body"></textarea>'
FOCUS = hx_partial("#body", "outerMorph", SAME_BOX)
# For what takes the focus and has its place beside the box: who goes on to write there has it back at once.
FOCUS_BACK = hx_partial("#body:focus", "outerMorph", SAME_BOX)
