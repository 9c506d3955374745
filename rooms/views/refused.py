"""What was not posted, back in the box, by HTTP."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from rooms import access
from rooms.render import quotes
from rooms.render.room_page import is_page_token
from rooms.views.composer_files import attached_files, attachment_ids
from rooms.views.parameters import whole_number


class RefusedView(LoginRequiredMixin, View):
    """The composer with a message that the page has in a row of its own: text, files, what it answers."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The parts of the composer, and the row's end.

        Behind what is in the box, if something is. Where nothing was and something is by the time the answer
        comes, that stays, and so does the row.
        """
        membership = access.membership(request.user.pk, slug)
        refused, written = request.POST.get("refused", ""), request.POST.get("body", "")
        token = request.POST.get("token", "")
        context = {
            "room": membership.room,
            "why": request.POST.get("why", ""),
            "text": f"{written}\n{refused}" if written else refused,
            "place": "" if written else ".room:has(#body:placeholder-shown) ",
            "token": token if is_page_token(token) else "",
            "answering": quotes.render_reply_target_in(
                membership.room, whole_number(request.POST.get("reply_to", ""))
            ),
            "attached": attached_files(membership, request, attachment_ids(request.POST)),
            "refused": refused,
        }
        part = "returned_to_thread" if "thread" in request.POST else "returned"
        return render(request, f"rooms/outbox.html#{part}", context)
