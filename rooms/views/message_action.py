"""What the views share that do something with one message."""

from collections.abc import Callable

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from hypermedia.views import HtmxNotFoundMixin
from rooms import access
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Message
from rooms.views.menu import leave_menu, rejection

# What is done with a message by a member of its room. Raises Rejected, NotFound.
Action = Callable[[Membership, Message], None]


class MessageActionView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """Does something with a message for a member of its room, who asks for it by POST.

    A subclass says what, in `act`; and, where they are others than the usual ones, what htmx is answered
    (that the menu is done with), and where a browser without a script goes (to the message).
    """

    request: PersonRequest

    def post(self, request: PersonRequest, slug: str, pk: int, **kwargs: int) -> HttpResponseBase:
        """Do it; where that cannot be, say why. Not found where the message is not theirs to see."""
        membership, message = access.message(request.user.pk, slug, pk)
        try:
            self.act(membership, message)
        except Rejected as rejected:
            return rejection(request, message, rejected)
        if request.htmx:
            return self.htmx_response(membership, message)
        return SeeOther(self.next_address(membership, message))

    def act(self, membership: Membership, message: Message) -> None:
        """Call the action. Raises Rejected, NotFound."""
        raise NotImplementedError

    def htmx_response(self, membership: Membership, message: Message) -> HttpResponseBase:
        """What htmx is answered: the row comes with the broadcast."""
        return HttpResponse(leave_menu(message))

    def next_address(self, membership: Membership, message: Message) -> str:
        """Where a browser without a script goes."""
        return message.get_absolute_url()


class SwitchView(MessageActionView):
    """Something about a message that is on or off.

    `on` and `off` are the actions; the form's field called `field` says which is meant, or else it is the
    other than now. rooms/urls.py may say all three: SwitchView.as_view(field=…, on=…, off=…).
    """

    http_method_names = ("post",)
    field = ""
    on: Action | None = None
    off: Action | None = None

    def act(self, membership: Membership, message: Message) -> None:
        """Switch it."""
        wanted = self.request.POST.get(self.field) or ("off" if self.is_on(membership, message) else "on")
        action = self.on if wanted == "on" else self.off
        assert action is not None  # noqa: S101  (whoever adds a switch says both)
        action(membership, message)

    def is_on(self, membership: Membership, message: Message) -> bool:
        """Whether it is on now: a flag of a message is the time since when, such as `pinned_at`."""
        return getattr(message, f"{self.field}_at") is not None
