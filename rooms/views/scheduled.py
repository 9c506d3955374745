"""Messages that are to be sent later, by HTTP."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther, refusal
from rooms import access
from rooms.actions.drafts import save_draft
from rooms.actions.rejected import Rejected
from rooms.actions.scheduled import (
    ANSWER_GONE,
    NOT_IN,
    change_scheduled,
    remove_scheduled,
    schedule,
    send_scheduled,
)
from rooms.actions.uploads import describe_uploads
from rooms.models import Attachment, Membership, Message, Room, Scheduled
from rooms.models.room import seen_by
from rooms.moments import Moment, as_field, offered, said
from rooms.render import quotes, room_page
from rooms.views.composer_files import attached_files, attachment_ids, composer_files, descriptions
from rooms.views.parameters import reply_target, whole_number
from rooms.views.reminders import moment_in
from rooms.views.room import RoomView

LEFT = gettext_lazy("A room that you are not in")


class LaterView(LoginRequiredMixin, View):
    """When a message is to be sent: the way there from the composer, and the page."""

    takes_files = True

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The page, with what is in the box of the room: its draft, and the files that the address names."""
        membership = access.membership(request.user.pk, slug)
        text, answered = access.draft_of(membership), whole_number(request.GET.get("reply_to", ""))
        files = access.all_waiting(membership, attachment_ids(request.GET))
        return self.page(request, membership, text, answered, files)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """From the composer: its text is kept as the draft, and the page asks when. From there: stored."""
        membership = access.membership(request.user.pk, slug)
        return self.store(request, membership) if "store" in request.POST else self.keep(request, membership)

    def keep(self, request: PersonRequest, membership: Membership) -> HttpResponseBase:
        """Lead to the page, where nothing of the box is lost that way."""
        files, problem = composer_files(membership, request)
        try:
            if problem:
                raise Rejected(problem)
            describe_uploads(membership, descriptions(request, files))
            save_draft(membership, request.POST.get("body", ""))
        except Rejected as why:
            if request.htmx:
                return refusal(str(why), 422)
            return RoomView().again(request, membership, files, status=422, error=str(why))
        answered = reply_target(request)
        named = {"reply_to": answered or (), "attachments": files}
        address = reverse("later", args=[membership.room.slug], query=named)
        return HttpResponseClientRedirect(address) if request.htmx else SeeOther(address)

    def store(self, request: PersonRequest, membership: Membership) -> HttpResponseBase:
        """Let it wait; or say why not, with all that the form held."""
        text, answered = request.POST.get("body", ""), whole_number(request.POST.get("reply_to", ""))
        files, token = attachment_ids(request.POST), request.POST.get("token", "")[:64]
        try:
            moment = moment_in(request)
            reply_to = message_answered(membership, answered)
            schedule(membership, text, moment.at, token, reply_to, files, descriptions(request, files))
        except Rejected as why:
            at, attached = request.POST.get("at", ""), attached_files(membership, request, files)
            return self.page(request, membership, text, answered, attached, error=str(why), at=at, status=422)
        messages.success(request, sentence_for(moment))
        return SeeOther(reverse("scheduled"))

    def page(
        self,
        request: PersonRequest,
        membership: Membership,
        text: str,
        answered: int | None,
        attached: Sequence[Attachment],
        *,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        """The page: the text and its files, what it answers, and when it may go."""
        zone = timezone.get_current_timezone()
        context = {
            "room": membership.room,
            "text": text,
            "attached": attached,
            "answering": quotes.render_reply_target_in(membership.room, answered),
            "token": request.POST.get("token", "") if status != 200 else room_page.new_token(),
            "quick": offered(timezone.now(), zone),
            "chosen_zone": zone,
            "error": "",
            "at": "",
        }
        return render(request, "rooms/later.html", context | more, status=status)


class ScheduledListView(LoginRequiredMixin, View):
    """What the current user has written to be sent later."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """All of it: what could not be sent first, then what goes next."""
        return list_page(request)


class ScheduledView(LoginRequiredMixin, View):
    """One of them."""

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """What `do` says: sent now, removed, or changed; a change that cannot be comes back as it was."""
        scheduled = access.scheduled(request.user.pk, pk)
        try:
            messages.success(request, self.act(request, scheduled))
        except (Rejected, access.NotFound) as why:
            sentence = str(why) if isinstance(why, Rejected) else str(NOT_IN)
            return list_page(request, status=422, failed=pk, error=sentence)
        return SeeOther(reverse("scheduled"))

    def act(self, request: PersonRequest, scheduled: Scheduled) -> str:
        """Do it; what became of it, in a sentence. Raises Rejected, NotFound."""
        match request.POST.get("do"):
            case "send":
                send_scheduled(scheduled.pk)
                return _("It is sent.")
            case "remove":
                remove_scheduled(scheduled)
                return _("It is removed, and sent to nobody.")
        moment = moment_in(request)
        change_scheduled(scheduled, request.POST.get("body", ""), moment.at)
        return sentence_for(moment)


class ShownScheduled(NamedTuple):
    """A message that waits, as the page shows it: the room it is for, and its time as a field has it."""

    scheduled: Scheduled
    room: Room | None
    title: str
    at: str
    text: str
    is_open: bool
    files: Sequence[Attachment]

    @property
    def has_all_files(self) -> bool:
        """Whether the files that it was given are there."""
        return len(self.files) >= self.scheduled.files


def list_page(
    request: PersonRequest, *, status: int = 200, failed: int | None = None, error: str = ""
) -> HttpResponse:
    """The list; with `failed`, the form of that one as it was sent. Three queries, one more for files."""
    mine = list(Scheduled.objects.filter(person=request.user).order_by("due_at", "pk"))
    there = Room.objects.of(request.user).filter(pk__in={one.room_id for one in mine})
    rooms = {room.pk: room for room in seen_by(list(there), request.user.pk)} if mine else {}
    zone, files = timezone.get_current_timezone(), access.kept_for_later(mine)

    def shown(one: Scheduled) -> ShownScheduled:
        room, is_open = rooms.get(one.room_id or 0), one.pk == failed and "body" in request.POST
        at = request.POST.get("at", "") if is_open else as_field(one.due_at, zone)
        text = request.POST["body"] if is_open else one.text
        return ShownScheduled(one, room, room.title if room else str(LEFT), at, text, is_open, files[one.pk])

    shown_ones = sorted(map(shown, mine), key=lambda one: not one.scheduled.problem)
    context = {"waiting": shown_ones, "chosen_zone": zone, "error": error}
    return render(request, "rooms/scheduled.html", context, status=status)


def message_answered(membership: Membership, pk: int | None) -> Message | None:
    """The message in that room which is answered, if one is. Raises Rejected where it is gone."""
    if pk is None:
        return None
    found = membership.room.messages.undeleted().filter(pk=pk).first()
    if found is None:
        raise Rejected(ANSWER_GONE)
    return found


def sentence_for(moment: Moment) -> str:
    """What somebody is told of it."""
    when = said(moment.at, timezone.get_current_timezone(), timezone.now())
    sentence = _("It is sent on %(time)s.") % {"time": when}
    return f"{sentence} {moment.note}".strip()
