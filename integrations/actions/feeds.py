"""Feeds are read into rooms, and no longer: as a room's moderators say."""

import secrets

from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.plain_text import clean_line, shortened
from integrations.actions.bots import create_bot
from integrations.feeds.read import asked
from integrations.models import IncomingFeed
from rooms.access import moderates
from rooms.actions.members import take_out
from rooms.actions.muting import check_may_write
from rooms.actions.rejected import Rejected, refuse_archived
from rooms.models import Membership
from rooms.models.preview import host_of

# Feeds of one room.
MOST = 20
NAME_LENGTH = 60
# Sent when there is one more: `pk`.
feed_waits = Signal()


def add_feed(membership: Membership, url: str) -> IncomingFeed:
    """Let what is new at `url` be said in a room, from now on. Raises Rejected with a sentence."""
    if not moderates(membership):
        raise Rejected(_("Only a moderator of this room can change it."))
    check_may_write(membership.person)
    refuse_archived(membership.room)
    if IncomingFeed.objects.filter(room=membership.room).count() >= MOST:
        raise Rejected(_("%(number)d feeds are read here, which is the most.") % {"number": MOST})
    found = asked(url, timezone.now())
    if "title" not in found:
        raise Rejected(_("There is no feed at that address that can be read from here."))
    try:
        feed = _add(membership, url, shortened(clean_line(found["title"]), NAME_LENGTH) or host_of(url))
    except IntegrityError:
        raise Rejected(_("That feed is read here already.")) from None
    feed_waits.send(sender=IncomingFeed, pk=feed.pk)
    return feed


@transaction.atomic
def _add(membership: Membership, url: str, name: str) -> IncomingFeed:
    person = Person.objects.get(pk=membership.person_id)
    bot = create_bot(person, name, rooms=(membership.room,), username=f"feed-{secrets.token_hex(4)}")
    return IncomingFeed.objects.create(room=membership.room, bot=bot, url=url)


@transaction.atomic
def remove_feed(membership: Membership, feed: IncomingFeed) -> None:
    """Read it no longer; what it said stays. Raises Rejected."""
    if not moderates(membership):
        raise Rejected(_("Only a moderator of this room can change it."))
    for place in Membership.objects.filter(room=feed.room_id, person=feed.bot_id):
        take_out(place)
    Person.objects.filter(pk=feed.bot_id).update(is_active=False)
    feed.delete()
