"""A message is reported, by HTTP."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from rooms.actions.reports import report_message
from rooms.models import Membership, Message
from rooms.views.menu import fill_menu, render_menu
from rooms.views.message_action import MessageActionView

THANKS = _("Thank you: somebody who keeps order here will look at it.")


class ReportView(MessageActionView):
    """Telling those who keep order of a message."""

    http_method_names = ("post",)

    def act(self, membership: Membership, message: Message) -> None:
        """Reported, with `words`."""
        report_message(membership, message, self.request.POST.get("words", ""))

    def htmx_response(self, membership: Membership, message: Message) -> HttpResponseBase:
        """The menu, which says so."""
        return HttpResponse(fill_menu(render_menu(self.request, membership, message, said=str(THANKS))))

    def next_address(self, membership: Membership, message: Message) -> str:
        """The message; the page says so."""
        messages.success(self.request, str(THANKS))
        return super().next_address(membership, message)
