"""The messages that name somebody, answer them or call them, by HTTP."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import F
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.access import PersonRequest
from rooms.models import Membership, Mention, Message
from rooms.models.direct import place_names
from rooms.models.mention import room_mentions
from rooms.models.values import MessageRow
from rooms.render.message import render_each
from rooms.views.parameters import cursor_in

MENTIONS_ON_A_PAGE = 25

# Why a message is there.
WHY = {
    Mention.Why.NAMED: _("named you"),
    Mention.Why.HERE: _("called who was here"),
    Mention.Why.ANSWERED: _("answered you"),
    Mention.Why.WATCHED: _("has a word you watch"),
}
CALLED = _("called everybody")


class MentionedMessage(NamedTuple):
    """A message on the page: its row, what its room is called, why it is there and whether it is new."""

    message: MessageRow
    row: SafeString
    place: str
    why: str
    is_unread: bool


class MentionsView(LoginRequiredMixin, View):
    """What is for oneself, in all the rooms that one is in."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """A page of it, the newest first; with `before`, of what is older than the message with that id."""
        before = cursor_in(request)
        meant = newest_mentions(request.user.pk, before)
        more = len(meant) > MENTIONS_ON_A_PAGE
        why = dict(list(meant.items())[:MENTIONS_ON_A_PAGE])
        kept = list(mentioned_messages(request.user.pk, why))
        context = {"kept": kept, "before": before, "oldest": kept[-1].message.pk if more and kept else ""}
        return render(request, "rooms/mentions.html", context)


def newest_mentions(person_id: int, before: int | None, most: int = MENTIONS_ON_A_PAGE + 1) -> dict[int, str]:
    """Why the newest messages are for somebody, by id, `most` of them: a page and one more. Two queries."""
    named = Mention.objects.filter(
        person=person_id,
        message__deleted_at__isnull=True,
        message__room__memberships__person=person_id,
    )
    to_all = room_mentions().filter(
        room__memberships__person=person_id, posted_at__gte=F("room__memberships__joined_at")
    )
    to_all = to_all.exclude(author=person_id)
    if before:
        named, to_all = named.filter(message__lt=before), to_all.filter(pk__lt=before)
    found = dict.fromkeys(to_all.order_by("-pk").values_list("pk", flat=True)[:most], str(CALLED))
    newest = named.order_by("-message").values_list("message", "why")[:most]
    found |= {pk: str(WHY[Mention.Why(why)]) for pk, why in newest}
    return {pk: found[pk] for pk in sorted(found, reverse=True)[:most]}


def mentioned_messages(person_id: int, why: dict[int, str]) -> Iterable[MentionedMessage]:
    """The messages with the ids in `why`, as the page shows them. Three queries and those of the rows."""
    rows = {message.pk: message for message in Message.objects.filter(pk__in=why).rows()}
    rooms = {message.room_id for message in rows.values()}
    places = Membership.objects.filter(person=person_id, room__in=rooms)
    found = list(places.values_list("room", "room__kind", "room__name", "read"))
    called = place_names(((pk, kind, name) for pk, kind, name, _ in found), person_id)
    read = {pk: upto for pk, _, _, upto in found}
    ordered = [rows[pk] for pk in why if pk in rows and rows[pk].room_id in read]
    for message, row in render_each(ordered):
        is_unread = message.number > read[message.room_id]
        yield MentionedMessage(message, row, called[message.room_id], why[message.pk], is_unread)
