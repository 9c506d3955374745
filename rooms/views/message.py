"""One message by HTTP, and what one may do with it."""

from django.http import HttpResponse, HttpResponseBase

from accounts.access import PersonRequest
from rooms import access
from rooms.actions.messages_delete import delete_message
from rooms.models import Membership, Message
from rooms.views.history import history_page, range_around_message
from rooms.views.menu import empty_menu, fill_menu, render_menu
from rooms.views.message_action import MessageActionView


class MessageView(MessageActionView):
    """One message, and what one may do with it; by POST it is deleted."""

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The message among the others, with its menu; to htmx the menu."""
        membership, message = access.message(request.user.pk, slug, pk)
        menu = render_menu(request, membership, message)
        if request.htmx:
            return HttpResponse(fill_menu(menu))
        stretch = range_around_message(request, membership.room, message.pk)
        return history_page(request, membership, stretch, marked=message.pk, menu=menu)

    def act(self, membership: Membership, message: Message) -> None:
        """Delete it."""
        delete_message(membership, message)

    def htmx_response(self, membership: Membership, message: Message) -> HttpResponseBase:
        """The menu goes with the message."""
        return HttpResponse(empty_menu(message.pk))

    def next_address(self, membership: Membership, message: Message) -> str:
        """The room."""
        return membership.room.get_absolute_url()
