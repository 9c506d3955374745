"""What one is told when one is away: the page about it, and the address that ends it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.access import PersonRequest
from accounts.models import Community, Person
from accounts.tasks import mail_later
from hypermedia.responses import SeeOther
from live.limits import FixedWindowLimit
from notifications import digests, feeds, preferences, refusals, stopping, watching, ways
from notifications.forms import DesktopForm, DigestForm, PreferencesForm, SoundForm, WordsForm
from notifications.models import Way
from rooms.actions.told_here import set_on_desktop, set_sound

# Where a session keeps what is shown on the next page, and never again: what it is called, and the secret.
SHOWN_ONCE = "shown_once"
# Mails to oneself that somebody may ask for in an hour.
TEST_LIMIT = FixedWindowLimit("test-mails", 5, 3600)


class NotificationsView(LoginRequiredMixin, View):
    """Of what one gets mail, and when."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """The choices."""
        return notifications_page(request)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Changed, from the next mail on."""
        form = PreferencesForm(request.POST, instance=preferences.preferences_of(request.user))
        if not form.is_valid():
            return notifications_page(request, form, status=422)
        preferences.change_preferences(request.user, **form.cleaned_data)
        messages.success(request, _("You are told so from now on."))
        return SeeOther(reverse("notifications"))


class SoundView(LoginRequiredMixin, View):
    """The sound that one hears while a page is open."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """That one, from now on, on the pages that are open as well."""
        form = SoundForm(request.POST)
        if not form.is_valid():
            return notifications_page(request, sound=form, status=422)
        set_sound(request.user, Person.Sound(form.cleaned_data["sound"]))
        messages.success(request, _("You hear it so from now on."))
        return SeeOther(reverse("notifications"))


class DesktopView(LoginRequiredMixin, View):
    """What one sees on the desktop while a page is open."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """That much, from now on, by the pages that are open as well."""
        form = DesktopForm(request.POST)
        if not form.is_valid():
            return notifications_page(request, desktop=form, status=422)
        set_on_desktop(request.user, Person.OnDesktop(form.cleaned_data["on_desktop"]))
        messages.success(request, _("You are shown so from now on."))
        return SeeOther(reverse("notifications"))


class WordsView(LoginRequiredMixin, View):
    """The words that one watches."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """These, from now on, and no others."""
        form = WordsForm(request.POST)
        if not form.is_valid():
            return notifications_page(request, words=form, status=422)
        watching.watch(request.user, form.cleaned_data["words"])
        messages.success(request, _("Of these words you are told from now on."))
        return SeeOther(reverse("notifications"))


def notifications_page(
    request: PersonRequest,
    form: PreferencesForm | None = None,
    words: WordsForm | None = None,
    sound: SoundForm | None = None,
    digest: DigestForm | None = None,
    desktop: DesktopForm | None = None,
    **how: Any,
) -> HttpResponse:
    """The page, with where the mail goes, or why there is none; and with a form that is not right yet."""
    chosen = preferences.preferences_of(request.user)
    watched = {"words": "\n".join(watching.words_of(request.user))}
    shown = {
        "form": form or PreferencesForm(instance=chosen),
        "words": words or WordsForm(initial=watched),
        "sound": sound or SoundForm(initial={"sound": request.user.sound}),
        "desktop": desktop or DesktopForm(initial={"on_desktop": request.user.on_desktop}),
        "digest": digest or DigestForm.of(digests.digest_of(request.user)),
        "address": preferences.address_of(request.user),
        "zone": request.user.zone or timezone.get_default_timezone(),
        "refused": chosen.why_refused,
        "ways": ways.ways_of(request.user),
        "kinds": Way.Kind.choices,
        "feed": feeds.feed_of(request.user),
        "shown_once": request.session.pop(SHOWN_ONCE, None),
    }
    return render(request, "notifications/preferences.html", shown, **how)


class DigestView(LoginRequiredMixin, View):
    """How often one gets a digest, and when."""

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Changed, from the next one on."""
        form = DigestForm(request.POST)
        if not form.is_valid():
            return notifications_page(request, digest=form, status=422)
        digests.change_digest(request.user, **form.cleaned_data, now=timezone.now())
        chosen = form.cleaned_data["rhythm"]
        messages.success(request, _("You get a digest from now on.") if chosen else _("You get no digest."))
        return SeeOther(reverse("notifications"))


class BeginAgainView(LoginRequiredMixin, View):
    """Mail that had ended, because an address took none."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """It goes on."""
        refusals.begin_again(request.user)
        messages.success(request, _("Mail is sent to you again."))
        return SeeOther(reverse("notifications"))


class TestMailView(LoginRequiredMixin, View):
    """A mail to oneself, to see that it comes."""

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """On its way, by the worker."""
        to = preferences.address_of(request.user)
        if not to:
            messages.error(request, _("Confirm your address first."))
        elif not TEST_LIMIT.take(request.user.pk):
            messages.error(request, _("That was a lot for one hour. Try again later."))
        else:
            said = {"community": Community.current().name}
            subject = _("A test from %(community)s") % said
            mail_later(subject, _("Mail from %(community)s reaches you.") % said, to)
            messages.success(request, _("A mail to %(address)s is on its way.") % {"address": to})
        return SeeOther(reverse("notifications"))


@method_decorator(csrf_exempt, name="dispatch")
class StopView(View):
    """Mails end, for whoever has the address: a mail program posts to it by itself (RFC 8058)."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Asked first: what looks behind links in mails must not end anything."""
        return render(request, "notifications/stop.html", stopping.stopping_at(token)._asdict())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Ended."""
        found = stopping.stopping_at(token)
        if found.what == stopping.DIGEST:
            digests.stop_digest(found.person)
        else:
            preferences.stop_mails(found.person)
        return render(request, "notifications/stop.html", found._asdict() | {"is_stopped": True})
