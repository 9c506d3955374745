"""What programs can ask, as a page."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from integrations.api.limits import REQUESTS_A_MINUTE
from integrations.api.reference import nouns


class ApiView(LoginRequiredMixin, View):
    """The page about /api/v1/."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """All of it, made of openapi.json."""
        address = request.build_absolute_uri("/")
        context = {"nouns": nouns(), "address": address, "requests_a_minute": REQUESTS_A_MINUTE}
        return render(request, "integrations/api.html", context)
