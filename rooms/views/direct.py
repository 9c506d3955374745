"""Direct conversations by HTTP."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from accounts.models import Person
from hypermedia.responses import SeeOther
from rooms import access
from rooms.actions.direct import open_direct
from rooms.actions.drafts import save_draft
from rooms.actions.rejected import Rejected
from rooms.models.room import DIRECT_LIMIT
from rooms.views.people_picker import PeoplePicker


class DirectWithView(LoginRequiredMixin, View):
    """The direct conversation with somebody."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, username: str) -> HttpResponseBase:
        """Begin it, or go on with it; with `about`, the address of a message, one begins to write of that."""
        people = access.people_named(request.user, [username])
        if not people:
            raise access.NotFound
        try:
            room = open_direct(request.user, people)
        except Rejected as rejected:
            messages.error(request, str(rejected))
            return SeeOther(request.META.get("HTTP_REFERER", "/"))
        if about := request.POST.get("about", ""):
            begin_about(request, room.slug, about)
        return SeeOther(room.get_absolute_url())


def begin_about(request: PersonRequest, slug: str, address: str) -> None:
    """Begin a text about the message at `address`, where no other was begun there."""
    membership = access.membership(request.user.pk, slug)
    if address.startswith("/rooms/") and not membership.room.drafts.filter(person=request.user).exists():
        save_draft(membership, f"{request.build_absolute_uri(address)}\n")


class DirectNewView(LoginRequiredMixin, View):
    """A direct conversation with several people."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """Whom with: those who are chosen, and those who may be; to htmx the picker alone."""
        return self.page(request)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Begin it, or go on with the one that these people have; with nobody it is for notes."""
        people = access.people_named(request.user, request.POST.getlist("person")[:DIRECT_LIMIT])
        try:
            return SeeOther(open_direct(request.user, people).get_absolute_url())
        except Rejected as rejected:
            return self.page(request, str(rejected))

    def page(self, request: PersonRequest, problem: str = "") -> HttpResponse:
        """The picker, of everybody else."""
        others = Person.objects.visible_to(request.user).filter(is_active=True).exclude(pk=request.user.pk)
        context = {"picker": PeoplePicker(request, others, DIRECT_LIMIT - 1), "problem": problem}
        if request.htmx and not problem:
            return render(request, "rooms/people_picker.html", context)
        return render(request, "rooms/direct_new.html", context, status=422 if problem else 200)
