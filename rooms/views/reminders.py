"""What somebody wants to be reminded of, by HTTP."""

import datetime

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from hypermedia.fragments import hx_partial, notice
from hypermedia.responses import SeeOther
from rooms import access
from rooms.actions.rejected import Rejected
from rooms.actions.reminders import change_text, forget_reminder, note_seen, put_off, set_reminder
from rooms.models import Membership, Message, Reminder
from rooms.models.reminder import TEXT_LIMIT
from rooms.moments import BadMoment, Moment, as_field, chosen_moment, offered, said
from rooms.render.reminders import GONE, shown_reminders
from rooms.views.menu import leave_menu
from rooms.views.message_action import MessageActionView


class RemindersView(LoginRequiredMixin, View):
    """The reminders of the current user: those that are due, and those to come."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """All of them; what is due has been seen from here on."""
        note_seen(request.user, timezone.now())
        return self.page(request)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Another one, without a message; a form that cannot be comes back as it was."""
        try:
            moment = moment_in(request)
            set_reminder(request.user, moment.at, request.POST.get("text", ""))
        except Rejected as why:
            return self.page(request, error=str(why), status=422)
        messages.success(request, sentence_for(moment))
        return SeeOther(reverse("reminders"))

    def page(self, request: PersonRequest, *, error: str = "", status: int = 200) -> HttpResponse:
        """The page, with what a form of it held that could not be done."""
        mine = list(Reminder.objects.filter(person=request.user).order_by("due_at", "pk"))
        shown = shown_reminders(request.user.pk, mine)
        now, zone = timezone.now(), timezone.get_current_timezone()
        context = {
            "due": [one for one in shown if one.reminder.rung_at],
            "coming": [
                (one, as_field(one.reminder.due_at, zone)) for one in shown if not one.reminder.rung_at
            ],
            "gone": GONE,
            "quick": offered(now, zone),
            "chosen_zone": zone,
            "text_limit": TEXT_LIMIT,
            "error": error,
            "text": request.POST.get("text", ""),
            "at": request.POST.get("at", ""),
        }
        return render(request, "rooms/reminders.html", context, status=status)


class ReminderView(LoginRequiredMixin, View):
    """One reminder."""

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """What `do` says: done or removed, or put off to another time, with another text if there is one."""
        reminder = access.reminder(request.user.pk, pk)
        try:
            messages.success(request, self.act(request, reminder))
        except Rejected as why:
            messages.error(request, str(why))
        return SeeOther(reverse("reminders"))

    def act(self, request: PersonRequest, reminder: Reminder) -> str:
        """Do it; what became of it, in a sentence. Raises Rejected."""
        if request.POST.get("do") in ("done", "remove"):
            forget_reminder(reminder)
            return _("Done.") if request.POST["do"] == "done" else _("You are not reminded of that.")
        moment = moment_in(request)
        if "text" in request.POST:
            change_text(reminder, request.POST["text"])
        put_off(reminder, moment.at)
        return sentence_for(moment)


class RemindView(MessageActionView):
    """A reminder of a message, from its menu."""

    http_method_names = ("post",)
    moment: Moment

    def act(self, membership: Membership, message: Message) -> None:
        """Set it, for the time that the form says."""
        self.moment = moment_in(self.request)
        set_reminder(membership.person, self.moment.at, message=message)

    def htmx_response(self, membership: Membership, message: Message) -> HttpResponseBase:
        """The menu is done with, and a banner says when it will be."""
        said = notice(sentence_for(self.moment))
        return HttpResponse(leave_menu(message) + hx_partial("#notices", "beforeend", said))

    def next_address(self, membership: Membership, message: Message) -> str:
        """The message; the page says when it will be."""
        messages.success(self.request, sentence_for(self.moment))
        return super().next_address(membership, message)


def moment_in(request: PersonRequest) -> Moment:
    """The time that a form says, in the zone of the current user. Raises Rejected."""
    now, zone = timezone.now(), timezone.get_current_timezone()
    try:
        return chosen_moment(request.POST.get("when", ""), request.POST.get("at", ""), now, zone)
    except BadMoment as why:
        raise Rejected(str(why)) from why


def sentence_for(moment: Moment) -> str:
    """What somebody is told of it."""
    sentence = _("You are reminded on %(time)s.") % {"time": words_of(moment.at)}
    return f"{sentence} {moment.note}".strip()


def words_of(at: datetime.datetime) -> str:
    """A time in words, in the zone of the current user."""
    return said(at, timezone.get_current_timezone(), timezone.now())
