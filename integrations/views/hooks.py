"""The hooks of a room, for its moderators: listed, made, changed, given a new key, tried, removed."""

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
from integrations.actions.hook_calls import send_sample
from integrations.actions.hooks import change_hook, make_hook, remove_hook, renew_key
from integrations.forms import HookChangeForm, HookForm
from integrations.models import Hook, OutgoingHook
from rooms.actions.rejected import Rejected
from rooms.models import Membership


class HooksView(LoginRequiredMixin, View):
    """All of them, and a new one."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The list, and the form."""
        return self.page(request, access.moderated_room(request.user.pk, slug), HookForm())

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Make one."""
        membership = access.moderated_room(request.user.pk, slug)
        form = HookForm(request.POST)
        if not form.is_valid():
            return self.page(request, membership, form, status=422)
        try:
            hook = make_hook(membership, **form.cleaned_data)
        except Rejected as rejected:
            form.add_error(None, str(rejected))
            return self.page(request, membership, form, status=422)
        messages.success(request, _("It is made. Copy its address to where it is to speak from."))
        return SeeOther(reverse("hook", args=[slug, hook.pk]))

    def page(
        self, request: PersonRequest, membership: Membership, form: HookForm, *, status: int = 200
    ) -> HttpResponse:
        """The page."""
        room = membership.room
        hooks = Hook.objects.filter(room=room).select_related("bot", "maker").order_by("pk")
        outgoing = OutgoingHook.objects.filter(room=room).select_related("maker").order_by("pk")
        context = {
            "room": room,
            "current_slug": room.slug,
            "hooks": hooks,
            "outgoing": outgoing,
            "form": form,
        }
        return render(request, "integrations/hooks.html", context, status=status)


class HookPageView(LoginRequiredMixin, View):
    """One of them: where it listens, and what came lately."""

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The page."""
        membership = access.moderated_room(request.user.pk, slug)
        hook = access.hook(membership, pk)
        return self.page(request, hook, HookChangeForm(instance=hook))

    def page(
        self, request: PersonRequest, hook: Hook, form: HookChangeForm, *, status: int = 200
    ) -> HttpResponse:
        """The page."""
        context = {
            "room": hook.room,
            "current_slug": hook.room.slug,
            "hook": hook,
            "form": form,
            "address": request.build_absolute_uri(hook.path),
            "slack_address": request.build_absolute_uri(hook.slack_path),
            "calls": hook.calls.all(),
        }
        return render(request, "integrations/hook.html", context, status=status)

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Do what a button says: `do` is change, renew, sample or remove."""
        membership = access.moderated_room(request.user.pk, slug)
        hook = access.hook(membership, pk)
        try:
            if request.POST.get("do") == "change":
                return self.change(request, membership, hook)
            return self.act(request, membership, hook)
        except Rejected as rejected:
            messages.error(request, str(rejected))
        return SeeOther(reverse("hook", args=[slug, pk]))

    def change(self, request: PersonRequest, membership: Membership, hook: Hook) -> HttpResponseBase:
        """Let it be otherwise. Raises Rejected."""
        form = HookChangeForm(request.POST, instance=access.hook(membership, hook.pk))
        if not form.is_valid():
            return self.page(request, hook, form, status=422)
        change_hook(membership, hook, **form.cleaned_data)
        messages.success(request, _("It is changed."))
        return SeeOther(reverse("hook", args=[membership.room.slug, hook.pk]))

    def act(self, request: PersonRequest, membership: Membership, hook: Hook) -> HttpResponseBase:
        """Do it. Raises Rejected."""
        slug = membership.room.slug
        match request.POST.get("do"):
            case "remove":
                remove_hook(membership, hook)
                messages.success(request, _("It is removed, and its address is none any longer."))
                return SeeOther(reverse("hooks", args=[slug]))
            case "renew":
                renew_key(membership, hook)
                messages.success(request, _("It has another address; the old one is none any longer."))
            case "sample":
                outcome = send_sample(hook)
                if outcome.status == 200:
                    messages.success(request, _("A sample is in the room."))
                else:
                    messages.error(request, outcome.sentence)
        return SeeOther(reverse("hook", args=[slug, hook.pk]))
