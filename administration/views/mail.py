"""The mails that wait, by HTTP: what waits, why, and another try."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mails
from accounts.access import PersonRequest
from accounts.actions import Rejected
from accounts.models import Mail
from administration import actions
from administration.access import Administers
from administration.paging import ROWS, page_of
from hypermedia.responses import SeeOther
from notifications.models import MailPreferences, PendingMail


class MailView(Administers):
    """How mail leaves, what waits since when and why, and what was given up."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """The oldest first, a page at a time. Nine queries."""
        missed = PendingMail.objects.exclude(failing_since=None).order_by("failing_since", "pk")
        given_up = Mail.objects.given_up()
        stopped = MailPreferences.objects.exclude(refused="").filter(person__is_active=True)
        context = {
            "server": server_in_words(),
            "sender": settings.DEFAULT_FROM_EMAIL,
            "nobody_tries": mails.nobody_tries(timezone.now()),
            "page": page_of(request, Mail.objects.waiting()),
            "missed": missed.select_related("membership__person")[:ROWS],
            "missed_count": missed.count(),
            "given_up": given_up[:ROWS],
            "given_up_count": given_up.count(),
            "stopped": stopped.select_related("person").order_by("pk")[:ROWS],
            "stopped_count": stopped.count(),
        }
        return render(request, "administration/mail.html", context)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Do what `do` says: try everything now, or send a test to whoever asks."""
        try:
            if request.POST.get("do") == "test":
                to = actions.mail_test(request.user)
                words = _("A test to %(address)s is on its way. What becomes of it, you see here.")
                messages.success(request, words % {"address": to})
            else:
                actions.try_mails_now()
                messages.success(
                    request, _("The worker tries them now. Load this page again to see what came of it")
                )
        except Rejected as rejected:
            messages.error(request, str(rejected))
        return SeeOther(reverse("administration_mail"))


def server_in_words() -> str:
    """By which server mail leaves, without its name and password; empty where it stands in the log."""
    mailer = settings.MAILERS["default"]
    options = mailer.get("OPTIONS", {})
    if not mailer["BACKEND"].endswith("smtp.EmailBackend"):
        return ""
    is_secure = options.get("use_tls") or options.get("use_ssl")
    words = _("%(host)s, port %(port)s, with TLS") if is_secure else _("%(host)s, port %(port)s, without TLS")
    return words % {"host": options.get("host"), "port": options.get("port")}
