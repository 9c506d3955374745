"""The tokens with which one's programs act as oneself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from accounts.actions import Rejected
from hypermedia.responses import SeeOther
from integrations import access
from integrations.actions.tokens import make_token, revoke
from integrations.forms import TokenForm
from integrations.models import Token
from integrations.views.shown_once import show_once, take_shown_once


class TokensView(LoginRequiredMixin, View):
    """One's tokens."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """All that were not revoked, and the form of another one."""
        return page(request, TokenForm(request.user))

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Made; it is shown on the next page."""
        form = TokenForm(request.user, request.POST)
        if not form.is_valid():
            return page(request, form, status=422)
        try:
            token, secret = make_token(request.user, **form.cleaned_data)
        except Rejected as reason:
            form.add_error(None, str(reason))
            return page(request, form, status=422)
        show_once(request, token.name, secret)
        return SeeOther(reverse("tokens"))


class TokenRevokeView(LoginRequiredMixin, View):
    """The end of one of them."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Revoked: what it has open is closed at once."""
        revoke(request.user, access.token_of(request.user, pk))
        messages.success(request, _("That token is none any longer."))
        return SeeOther(reverse("tokens"))


def page(request: PersonRequest, form: TokenForm, **how: Any) -> HttpResponse:
    """The page with that form on it."""
    shown = {
        "form": form,
        "tokens": Token.objects.of(request.user),
        "shown_once": take_shown_once(request),
    }
    return render(request, "integrations/tokens.html", shown, **how)
