"""What hears a room elsewhere, and the commands of one's own, for its moderators."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from integrations import access
from integrations.actions.outgoing_hooks import change_outgoing, make_outgoing, remove_outgoing, switch_on
from integrations.forms import OutgoingChangeForm, OutgoingForm
from integrations.models import OutgoingHook
from rooms.actions.rejected import Rejected
from rooms.models import Membership


class OutgoingNewView(LoginRequiredMixin, View):
    """Another one."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """What it needs to know."""
        return self.page(request, access.moderated_room(request.user.pk, slug), OutgoingForm())

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Make it."""
        membership = access.moderated_room(request.user.pk, slug)
        form = OutgoingForm(request.POST)
        if not form.is_valid():
            return self.page(request, membership, form, status=422)
        try:
            hook = make_outgoing(membership, **form.cleaned_data)
        except Rejected as rejected:
            form.add_error(None, str(rejected))
            return self.page(request, membership, form, status=422)
        messages.success(request, _("It hears this room from now on."))
        return SeeOther(reverse("outgoing", args=[slug, hook.pk]))

    def page(
        self, request: PersonRequest, membership: Membership, form: OutgoingForm, *, status: int = 200
    ) -> HttpResponse:
        """The form."""
        room = membership.room
        context = {"room": room, "current_slug": room.slug, "form": form}
        return render(request, "integrations/outgoing.html", context, status=status)


class OutgoingView(LoginRequiredMixin, View):
    """One of them: where it is, and how it stands."""

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The page."""
        membership = access.moderated_room(request.user.pk, slug)
        hook = access.outgoing(membership, pk)
        return self.page(request, hook, OutgoingChangeForm(instance=hook))

    def page(
        self, request: PersonRequest, hook: OutgoingHook, form: OutgoingChangeForm, *, status: int = 200
    ) -> HttpResponse:
        """The page."""
        context = {"room": hook.room, "current_slug": hook.room.slug, "hook": hook, "form": form}
        return render(request, "integrations/outgoing.html", context, status=status)

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Do what a button says: `do` is change, on or remove."""
        membership = access.moderated_room(request.user.pk, slug)
        hook = access.outgoing(membership, pk)
        try:
            if request.POST.get("do") == "change":
                return self.change(request, membership, hook)
            if request.POST.get("do") == "remove":
                remove_outgoing(membership, hook)
                messages.success(request, _("It is removed, and hears nothing more."))
                return SeeOther(reverse("hooks", args=[slug]))
            if request.POST.get("do") == "on":
                switch_on(membership, hook)
                messages.success(request, _("It hears this room from now on."))
        except Rejected as rejected:
            messages.error(request, str(rejected))
        return SeeOther(reverse("outgoing", args=[slug, pk]))

    def change(self, request: PersonRequest, membership: Membership, hook: OutgoingHook) -> HttpResponseBase:
        """Let it be otherwise. Raises Rejected."""
        form = OutgoingChangeForm(request.POST, instance=access.outgoing(membership, hook.pk))
        if not form.is_valid():
            return self.page(request, hook, form, status=422)
        change_outgoing(membership, hook, **form.cleaned_data)
        messages.success(request, _("It is changed."))
        return SeeOther(reverse("outgoing", args=[membership.room.slug, hook.pk]))
