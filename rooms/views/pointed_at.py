"""What is done from the one bar of a page, with the message that it stands at."""

import re
from collections.abc import Callable, Mapping

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseBase, QueryDict
from django.views import View

from accounts.access import PersonRequest
from rooms.access import NotFound
from rooms.render.beside import PREFIX
from rooms.views.message import MessageView
from rooms.views.reactions import ReactionsView
from rooms.views.reply import ReplyView

# What the row of a message is called, in a room and beside one.
ROW = re.compile(rf"(?:{PREFIX})?message-(\d{{1,18}})")

Handler = Callable[..., HttpResponseBase]


class PointedAtView(LoginRequiredMixin, View):
    """Does with the message whose row is called `at` what its own address does: one bar is for all rows."""

    http_method_names = ("get", "post")
    done: Mapping[str, Handler] = {"react": ReactionsView.as_view()}
    shown: Mapping[str, Handler] = {"menu": MessageView.as_view(), "reply": ReplyView.as_view(), **done}

    def get(self, request: PersonRequest, slug: str, act: str) -> HttpResponseBase:
        """Its menu, a composer for an answer, or what there is to react with."""
        return handle(self.shown, request, slug, act, request.GET)

    def post(self, request: PersonRequest, slug: str, act: str) -> HttpResponseBase:
        """A reaction to it."""
        return handle(self.done, request, slug, act, request.POST)


def handle(
    handlers: Mapping[str, Handler], request: PersonRequest, slug: str, act: str, values: QueryDict
) -> HttpResponseBase:
    """What the handler called `act` answers for the message. Raises NotFound where there is none."""
    row = ROW.fullmatch(values.get("at", ""))
    if row is None or act not in handlers:
        raise NotFound
    return handlers[act](request, slug=slug, pk=int(row[1]))
