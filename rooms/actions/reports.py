"""Messages are reported, and somebody who keeps order looks into it."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import keeping_order
from accounts.actions import Rejected as Refused
from accounts.audit import What, record
from accounts.models import Person
from live.frames import storage_problem
from live.limits import FixedWindowLimit
from rooms.access import NotFound
from rooms.actions.messages_delete import remove_message
from rooms.actions.rejected import Rejected
from rooms.actions.removals import ask_for_removal
from rooms.models import Membership, Message, Report

WORDS = Report._meta.get_field("words").max_length or 0
# Reports of one person in an hour: more than anybody means.
REPORT_LIMIT = FixedWindowLimit("reports", 30, 3600)
REMOVE, REMOVE_ALL, MUTE, BAN, DISMISS = "remove", "remove_all", "mute", "ban", "dismiss"


def report_message(membership: Membership, message: Message, words: str) -> None:
    """Tell those who keep order of somebody else's message, once. Raises Rejected with a sentence."""
    words = words.strip()
    if message.author_id == membership.person_id:
        raise Rejected(_("That is your own message: you can delete it."))
    if len(words) > WORDS:
        raise Rejected(
            _("That has %(count)d characters; %(most)d is the most.") % {"count": len(words), "most": WORDS}
        )
    if why := storage_problem(words):
        raise Rejected(why)
    if not REPORT_LIMIT.take(membership.person_id):
        raise Rejected(_("You reported a lot in an hour. Wait a while."))
    try:
        with transaction.atomic():
            Report.objects.create(message=message, reporter=membership.person, words=words, body=message.body)
    except IntegrityError:
        raise Rejected(_("You reported that message already: somebody will look at it.")) from None


@transaction.atomic
def resolve_report(
    actor: Person, report: Report, how: str, *, period: str = "", minutes: int = 0
) -> Report.Outcome:
    """Do what `how` says about a reported message or its author: what came of it.

    All open reports of that message are resolved with it. Raises Rejected with a sentence.
    """
    open_ones = Report.objects.select_for_update().open().filter(message=report.message_id)
    ids = list(open_ones.values_list("pk", flat=True))
    if report.pk not in ids:
        raise Rejected(_("Somebody has looked into that already."))
    try:
        outcome = _do(actor, report, how, period, minutes)
    except Refused as refused:
        raise Rejected(str(refused)) from None
    Report.objects.filter(pk__in=ids).update(resolved_at=timezone.now(), resolved_by=actor, outcome=outcome)
    return outcome


def _do(actor: Person, report: Report, how: str, period: str, minutes: int) -> Report.Outcome:
    message, author = report.message, report.message.author
    match how:
        case "remove":
            _remove(actor, message)
            return Report.Outcome.REMOVED
        case "remove_all":
            ask_for_removal(actor, author, period)
            return Report.Outcome.REMOVED_ALL
        case "mute":
            keeping_order.mute(actor, author, minutes)
            return Report.Outcome.MUTED
        case "ban":
            keeping_order.ban(actor, author, report.words)
            return Report.Outcome.BANNED
        case "dismiss":
            record(actor, What.DISMISS, author, room=message.room.name, details=report.words)
            return Report.Outcome.DISMISSED
    raise Rejected(_("Choose what to do."))


def _remove(actor: Person, message: Message) -> None:
    """Remove it; where it is gone already, that is as well."""
    try:
        with transaction.atomic():
            remove_message(message)
    except NotFound:
        return
    record(actor, What.REMOVE, message.author, room=message.room.name)
