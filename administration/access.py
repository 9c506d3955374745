"""Who may look at the administration, and what is behind an id there."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views import View

from accounts.access import PersonRequest
from accounts.models import Invitation, Person
from rooms.models import Report, Room


class KeepsOrder(LoginRequiredMixin, View):
    """A page for moderators, administrators and owners."""

    request: PersonRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For whoever may; anybody else is told that it is not open to them."""
        if request.user.is_authenticated and not self.may(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def may(self, person: Person) -> bool:
        """Whether `person` may see this page."""
        return person.keeps_order


class Administers(KeepsOrder):
    """A page for administrators and owners."""

    def may(self, person: Person) -> bool:
        return person.administers


def person(pk: int) -> Person:
    """Somebody, by the number of their account. One query."""
    found = Person.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def invitation(pk: int) -> Invitation:
    """An invitation. One query."""
    found = Invitation.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def report(pk: int) -> Report:
    """A report, with its message, that one's author and its room. One query."""
    found = Report.objects.select_related("message__author", "message__room").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def room(slug: str) -> Room:
    """A room that has a name; what a few say to each other is no business of the administration."""
    found = Room.objects.exclude(kind=Room.Kind.DIRECT).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found
