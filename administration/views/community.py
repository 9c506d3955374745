"""The community's own settings, by HTTP."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from accounts.access import PersonRequest, community_of_administrator
from accounts.actions import Rejected
from accounts.models import Community
from accounts.views import AnswersErrors
from administration.access import Administers
from administration.actions import change_logo, edit_community, remove_logo
from administration.forms import CommunityForm, LogoForm
from hypermedia.responses import SeeOther
from rooms.models import Room
from rooms.views.files import file_response

# Rooms that new people find and that are named; more is a number.
ROOMS_NAMED = 20


class CommunityView(Administers, AnswersErrors, FormView):  # type: ignore[misc]
    """What it is called and looks like, who may come in, how much is too much."""

    template_name = "administration/community.html"
    form_class = CommunityForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """About the one community there is."""
        return super().get_form_kwargs() | {"instance": community_of_administrator(self.request.user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the form for the logo, and the rooms that new people find."""
        found = Room.objects.filter(for_everyone=True).by_name()[: ROOMS_NAMED + 1]
        return {"logo_form": LogoForm(), "found": list(found)} | super().get_context_data(**kwargs)

    def form_valid(self, form: CommunityForm) -> HttpResponse:
        """Changed."""
        values = dict(form.cleaned_data)
        policy = values.pop("policy")
        values |= {"signup_open": policy != "invitation", "needs_approval": policy == "approval"}
        edit_community(self.request.user, values)
        messages.success(self.request, _("The community is saved."))
        return SeeOther(reverse("administration_community"))


class LogoChangeView(Administers):
    """A picture that stands for the community, or none."""

    http_method_names = ("post",)
    takes_files = True

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Changed, or taken away with `remove`."""
        if "remove" in request.POST:
            remove_logo(request.user)
            return SeeOther(reverse("administration_community"))
        form = LogoForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                change_logo(request.user, form.cleaned_data["logo"])
            except Rejected as rejected:
                form.add_error("logo", forms.ValidationError(str(rejected)))
        if form.errors:
            return self.again(request, form)
        messages.success(request, _("The picture is saved."))
        return SeeOther(reverse("administration_community"))

    def again(self, request: PersonRequest, form: LogoForm) -> HttpResponse:
        """The page, with what is wrong."""
        community = community_of_administrator(request.user)
        context = {"form": CommunityForm(instance=community), "logo_form": form, "found": []}
        return render(request, "administration/community.html", context, status=422)


class LogoView(View):
    """The picture, for everybody: it stands on the page where one signs in."""

    gives_files = True
    http_method_names = ("get", "head")

    def get(self, request: PersonRequest, name: str) -> HttpResponseBase:
        """A WebP: we made it."""
        community = Community.current()
        if not community.logo_name or community.logo_name != name:
            raise Http404
        return file_response(request, community.logo, "image/webp")
