"""The digest: a mail a day, or a week, of what somebody has not read, for those who ask for one.

It is sent outside of a transaction, and its next time is noted afterwards; a worker that ends in between
sends it twice, with one Message-ID.
"""

import datetime
import logging
import smtplib
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person
from notifications import mails, refusals, waiting
from notifications.mails import Conversation, Missed
from notifications.models import Digest
from notifications.preferences import address_of, preferences_of
from notifications.wording import LINES, absolute, title_for
from rooms.models import Membership, Message
from rooms.models.values import DIRECT, ReadState
from rooms.moments import moment_of
from rooms.render.badges import EMPTY, Badge, badge_for, involved_badge
from rooms.render.sidebar import last_for

log = logging.getLogger(__name__)

# Those that are sent in one go of the worker.
AT_ONCE = 500
# Conversations of each kind that a digest has; of each of those for its reader LINES messages.
CONVERSATIONS = 10
DAY = datetime.timedelta(days=1)

# A conversation, how much is unread in it, and what of that is for its reader.
Place = tuple[Membership, Badge, list[Message]]


# -- What somebody wants -------------------------------------------------------------------


def digest_of(person: Person) -> Digest | None:
    """The digest that `person` gets, if they do. One query."""
    return Digest.objects.filter(person=person).first()


def change_digest(person: Person, rhythm: str, weekday: int, hour: int, now: datetime.datetime) -> None:
    """Mail `person` a digest at that hour of each day, or of that weekday, in their zone; '' is none."""
    if not rhythm:
        stop_digest(person)
        return
    slot = next_slot(rhythm, weekday, hour, zone_of(person), now)
    chosen = {"rhythm": rhythm, "weekday": weekday, "hour": hour, "slot": slot, "due_at": slot}
    fresh = {"tries": 0, "failing_since": None, "problem": ""}
    Digest.objects.update_or_create(
        person=person, defaults=chosen | fresh, create_defaults=chosen | {"since": now}
    )


def stop_digest(person: Person) -> None:
    """Mail `person` none any longer."""
    Digest.objects.filter(person=person).delete()


def next_slot(
    rhythm: str, weekday: int, hour: int, zone: datetime.tzinfo, after: datetime.datetime
) -> datetime.datetime:
    """The first moment behind `after` at which it is that hour in `zone`; of that weekday where weekly."""
    day = after.astimezone(zone).date()
    while True:
        at = moment_of(datetime.datetime.combine(day, datetime.time(hour)), zone).at
        if at > after and (rhythm == Digest.Rhythm.DAILY or day.weekday() == weekday):
            return at
        day += DAY


def zone_of(person: Person) -> datetime.tzinfo:
    """The zone that the clock of `person` is in."""
    return person.zone or timezone.get_default_timezone()


# -- What is sent --------------------------------------------------------------------------


def send_due(now: datetime.datetime) -> None:
    """Send the digests that are due `now`. Never raises for one that cannot be sent."""
    due = Digest.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        if waiting.claim(Digest.objects.all(), pk, now):
            digest = Digest.objects.select_related("person").filter(pk=pk).first()
            if digest is not None:
                _send(digest, now)


def _send(digest: Digest, now: datetime.datetime) -> None:
    person = digest.person
    wishes, to = preferences_of(person), address_of(person)
    if quiet := waiting.quiet_until(person, wishes, now):
        waiting.put_off(digest, quiet)
        return
    is_wanted = bool(to) and person.is_active and not wishes.refused
    with person.locale.used():
        missed = missed_by(person, digest.since) if is_wanted else None
    if not missed:
        _go_on(digest, now)
        return
    try:
        mails.compose_digest(digest, missed, to).send()
    except smtplib.SMTPRecipientsRefused as refused:
        if refusals.stop_if_refused(person, refused):
            _go_on(digest, now)
        else:
            _try_later(digest, refused, now)
    except OSError as error:
        _try_later(digest, error, now)
    else:
        _go_on(digest, now)


def _go_on(digest: Digest, now: datetime.datetime) -> None:
    """The next one is of what comes from here on."""
    slot = next_slot(digest.rhythm, digest.weekday, digest.hour, zone_of(digest.person), now)
    # Unless its person has chosen otherwise meanwhile.
    mine = Digest.objects.filter(pk=digest.pk, slot=digest.slot)
    mine.update(slot=slot, due_at=slot, since=now, tries=0, failing_since=None, problem="")


def _try_later(digest: Digest, error: OSError, now: datetime.datetime) -> None:
    if waiting.pause(digest, str(error), now):
        log.warning("The mail server did not take a digest, which waits: %s", error)
    else:
        log.error("A digest for %s is given up: %s", digest.person, error)
        _go_on(digest, now)


def missed_by(person: Person, since: datetime.datetime) -> Missed:
    """What `person` has not read, in the conversations in which something was said after `since`.

    Three queries, and two or three for each conversation with something for them.
    """
    mine = Membership.objects.filter(person=person, room__active_at__gt=since)
    unread = {state.room_id: badge for state, _ in mine.how_far() if (badge := _badge(state)) != EMPTY}
    places = _in_order(mine.filter(room__in=unread).select_related("room", "person"))
    for_you: list[Place] = []
    others: list[Place] = []
    for place in places:
        badge = unread[place.room_id]
        is_meant = badge.is_mention or place.room.kind == DIRECT
        meant = list(waiting.meant_for(place)) if is_meant else []
        # What is only from people whom one has blocked is for nobody.
        if meant or not is_meant:
            (for_you if meant else others).append((place, badge, meant))
    return Missed(
        [_conversation(*one) for one in for_you[:CONVERSATIONS]],
        [_conversation(*one) for one in others[:CONVERSATIONS]],
        max(0, len(for_you) - CONVERSATIONS),
        max(0, len(others) - CONVERSATIONS),
    )


def _in_order(places: QuerySet[Membership]) -> QuerySet[Membership]:
    """Where something was said last first."""
    return places.order_by("-room__active_at", "pk")


def _badge(state: ReadState) -> Badge:
    badge = badge_for(state.posts, state.read, last_for(state), state.gone)
    return involved_badge(badge, state.involvement, is_direct=state.kind == DIRECT)


def _conversation(place: Membership, badge: Badge, meant: Sequence[Message]) -> Conversation:
    unread = "99+" if badge.unread > 99 else str(badge.unread) if badge.unread else ""
    return Conversation(
        title_for(place),
        absolute(place.room.get_absolute_url()),
        unread,
        meant[-LINES:],
        max(0, len(meant) - LINES),
    )
