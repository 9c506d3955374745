"""The ways by which one is told besides by mail: a page for each, and the feed of mentions."""

import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.access import PersonRequest
from accounts.actions import Rejected
from hypermedia.responses import SeeOther
from live.limits import FixedWindowLimit
from notifications import feeds, ways
from notifications.forms import FORMS, WayForm
from notifications.models import Way
from notifications.tasks import test_way
from notifications.views import SHOWN_ONCE

# Tests of one's ways that somebody may ask for in an hour.
TEST_LIMIT = FixedWindowLimit("test-ways", 20, 3600)
TOO_MANY_TESTS = gettext_lazy("That was a lot for one hour. Try again later.")


class WayNewView(LoginRequiredMixin, View):
    """Another way by which one is told."""

    def get(self, request: PersonRequest, kind: str) -> HttpResponseBase:
        """What it needs to know."""
        return page(request, form_of(kind)(), kind)

    def post(self, request: PersonRequest, kind: str) -> HttpResponseBase:
        """Made; what a webhook is signed with is shown on the next page."""
        form = form_of(kind)(request.POST)
        if not form.is_valid():
            return page(request, form, kind, status=422)
        try:
            way = ways.make_way(request.user, kind, **form.chosen)
        except Rejected as reason:
            messages.error(request, str(reason))
            return SeeOther(reverse("notifications"))
        if kind == Way.Kind.WEBHOOK:
            show_once(request, _("What your webhook is signed with"), way.secret)
        messages.success(request, _("You are told this way from now on. Send yourself a test."))
        return SeeOther(reverse("notifications"))


class WayView(LoginRequiredMixin, View):
    """One of one's ways."""

    def get(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """As it is, without what is secret; to htmx what became of its test."""
        way = ways.way_of(request.user, pk)
        if request.htmx:
            return render(request, "notifications/tested.html", {"way": way})
        return page(request, FORMS[way.kind](instance=way), way.kind, way=way)

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Changed; what its server refused is tried again."""
        way = ways.way_of(request.user, pk)
        form = FORMS[way.kind](request.POST, instance=way)
        if not form.is_valid():
            return page(request, form, way.kind, way=way, status=422)
        ways.change_way(way, timezone.now(), **form.chosen)
        messages.success(request, _("It is so from now on."))
        return SeeOther(reverse("notifications"))


class WayTestView(LoginRequiredMixin, View):
    """A test by one way: the page says what was answered."""

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """On its way, by the worker."""
        way = ways.way_of(request.user, pk)
        if TEST_LIMIT.take(request.user.pk):
            ways.begin_test(way, timezone.now())
            test_way.enqueue(way.pk)
        else:
            messages.error(request, TOO_MANY_TESTS)
        return SeeOther(reverse("notifications") + f"#way-{way.pk}")


class WaySecretView(LoginRequiredMixin, View):
    """What a webhook is signed with."""

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Another one, shown on the next page."""
        way = ways.way_of(request.user, pk)
        if way.kind != Way.Kind.WEBHOOK:
            raise Http404
        show_once(request, _("What your webhook is signed with from now on"), ways.renew_secret(way))
        return SeeOther(reverse("notifications"))


class WayRemoveView(LoginRequiredMixin, View):
    """The end of a way."""

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Removed, with what waits for it."""
        ways.way_of(request.user, pk).delete()
        messages.success(request, _("You are not told that way any longer."))
        return SeeOther(reverse("notifications"))


class FeedChangeView(LoginRequiredMixin, View):
    """The address of one's feed."""

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Ended; or made anew, and shown on the next page."""
        if request.POST.get("do") == "revoke":
            feeds.revoke(request.user)
            messages.success(request, _("Your feed has ended."))
        else:
            address = feeds.make_address(request.user, timezone.now())
            show_once(request, _("The address of your feed"), address)
        return SeeOther(reverse("notifications"))


class FeedView(View):
    """Somebody's mentions as Atom, for whoever has the address: a reader signs in nowhere."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponseBase:
        """All of it, or 304 where the reader has it already."""
        return atom_response(request, feeds.written(feeds.feed_at(secret)))


def atom_response(request: HttpRequest, content: bytes) -> HttpResponseBase:
    """A feed, or 304 where the reader has it already; nothing in between keeps it."""
    answer = HttpResponse(content, content_type="application/atom+xml; charset=utf-8")
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    answer["ETag"], answer["Cache-Control"], answer["X-Robots-Tag"] = etag, "private, no-cache", "noindex"
    return get_conditional_response(request, etag=etag, response=answer) or answer


def form_of(kind: str) -> type[WayForm]:
    """The form of a kind of way. Raises Http404."""
    if kind not in FORMS:
        raise Http404
    return FORMS[kind]


def show_once(request: HttpRequest, name: str, secret: str) -> None:
    """Show a secret on the next page of notifications, and never again."""
    request.session[SHOWN_ONCE] = {"name": name, "secret": secret}


def page(request: HttpRequest, form: WayForm, kind: str, way: Way | None = None, **how: Any) -> HttpResponse:
    """The form of a way that there is, or of a new one."""
    shown = {"form": form, "kind": kind, "kind_name": Way.Kind(kind).label, "way": way}
    return render(request, "notifications/way.html", shown, **how)
