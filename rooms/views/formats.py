"""What can be made of the text that is marked in the composer, by HTTP."""

from typing import NamedTuple

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from rooms import access
from rooms.commands import COMMANDS, MARKDOWN, CommandAnswer
from rooms.formatting import FORMATS, Format
from rooms.models import Membership
from rooms.views.again import page_again
from rooms.views.composer_files import composer_files
from rooms.views.selection import Selection, box_in, selection_in


class FormattedText(NamedTuple):
    """What one of the formats makes of what is marked, and where that begins, as browsers count."""

    format: Format
    text: str
    begins: int

    @classmethod
    def of(cls, format: Format, selection: Selection) -> "FormattedText":
        """That of a selection; what is for whole lines begins with the line."""
        if format.is_of_lines or "\n" in selection.marked:
            selection = selection._replace(start=selection.before.rfind("\n") + 1)
        return cls(format, format.apply(selection.marked), selection.offset(selection.start))


class FormatsView(LoginRequiredMixin, View):
    """A row of buttons that format what is marked; without a script, how it is typed."""

    takes_files = True

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Whoever loads the page again is back in the room."""
        return SeeOther(reverse("room", args=[slug]))

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """To htmx the row; without a script the page, with what the box holds and what can be typed."""
        membership = access.membership(request.user.pk, slug)
        if not request.htmx:
            return self.page(request, membership)
        selection = selection_in(request)
        context = {"formats": [FormattedText.of(one, selection) for one in FORMATS], **box_in(request)}
        return render(request, "rooms/suggestions.html#formats", context)

    def page(self, request: PersonRequest, membership: Membership) -> HttpResponseBase:
        """The page of the room, or of the thread, with what can be typed above the box."""
        files, problem = composer_files(membership, request)
        answer = CommandAnswer(commands=COMMANDS, markdown=MARKDOWN)
        return page_again(request, membership, files, answer=answer, error=problem)
