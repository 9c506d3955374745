"""What one is told when one is away: the page about it, and the address that ends it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.access import PersonRequest
from accounts.models import Community
from accounts.tasks import send_mail
from hypermedia.responses import SeeOther
from live.limits import FixedWindowLimit
from notifications import feeds, preferences, stopping, ways
from notifications.forms import PreferencesForm
from notifications.models import Way

# Where a session keeps what is shown on the next page, and never again: what it is called, and the secret.
SHOWN_ONCE = "shown_once"
# Mails to oneself that somebody may ask for in an hour.
TEST_LIMIT = FixedWindowLimit("test-mails", 5, 3600)


class NotificationsView(LoginRequiredMixin, View):
    """Of what one gets mail, and when."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """The choices."""
        form = PreferencesForm(instance=preferences.preferences_of(request.user))
        return self.page(request, form)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Changed, from the next mail on."""
        form = PreferencesForm(request.POST)
        if not form.is_valid():
            return self.page(request, form, status=422)
        preferences.change_preferences(request.user, **form.cleaned_data)
        messages.success(request, "You are told so from now on.")
        return SeeOther(reverse("notifications"))

    def page(self, request: PersonRequest, form: PreferencesForm, **how: Any) -> HttpResponse:
        """The page, with where the mail goes, or why there is none."""
        shown = {
            "form": form,
            "address": preferences.address_of(request.user),
            "zone": request.user.zone or timezone.get_default_timezone(),
            "refused": preferences.preferences_of(request.user).refused,
            "ways": ways.ways_of(request.user),
            "kinds": Way.Kind.choices,
            "feed": feeds.feed_of(request.user),
            "shown_once": request.session.pop(SHOWN_ONCE, None),
        }
        return render(request, "notifications/preferences.html", shown, **how)


class TestMailView(LoginRequiredMixin, View):
    """A mail to oneself, to see that it comes."""

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """On its way, by the worker."""
        to = preferences.address_of(request.user)
        if not to:
            messages.error(request, "Confirm your address first.")
        elif not TEST_LIMIT.take(request.user.pk):
            messages.error(request, "That was a lot for one hour. Try again later.")
        else:
            name = Community.current().name
            send_mail.enqueue(f"A test from {name}", f"Mail from {name} reaches you.", to)
            messages.success(request, f"A mail to {to} is on its way.")
        return SeeOther(reverse("notifications"))


@method_decorator(csrf_exempt, name="dispatch")
class StopView(View):
    """Mails end, for whoever has the address: a mail program posts to it by itself (RFC 8058)."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Asked first: what looks behind links in mails must not end anything."""
        return render(request, "notifications/stop.html", {"person": stopping.person_at(token)})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Ended."""
        person = stopping.person_at(token)
        preferences.stop_mails(person)
        return render(request, "notifications/stop.html", {"person": person, "is_stopped": True})
