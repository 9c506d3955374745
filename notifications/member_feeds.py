"""An Atom feed of a room, at an address that is one member's secret: it ends when they leave the room."""

import datetime
import secrets
from collections.abc import Iterable

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Block, Community
from notifications.feeds import ENTRIES, SECRET_BYTES, ChangedFeed, add_message, digest_of
from notifications.models import MemberFeed
from notifications.wording import absolute, title_for
from rooms.models import Membership, Message


def make_address(membership: Membership, now: datetime.datetime) -> str:
    """A new secret address for the feed of a member, in full, which is kept nowhere; the one before ends."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = {"digest": digest_of(secret), "made_at": now}
    MemberFeed.objects.update_or_create(membership=membership, defaults=made)
    return absolute(reverse("member_feed", args=[secret]))


def revoke(membership: Membership) -> None:
    """End the feed of a member."""
    MemberFeed.objects.filter(membership=membership).delete()


def feed_of(membership: Membership) -> MemberFeed | None:
    """What is known of the feed of a member. One query."""
    return MemberFeed.objects.filter(membership=membership).first()


def feed_at(secret: str) -> MemberFeed:
    """The feed with that secret, and whose it is. Raises Http404."""
    found = MemberFeed.objects.select_related("membership__person", "membership__room").filter(
        digest=digest_of(secret), membership__person__is_active=True
    )
    feed = found.first()
    if feed is None:
        raise Http404
    return feed


def written(feed: MemberFeed) -> bytes:
    """The feed as Atom, the same while nothing in it is other. Three queries, one more where it is direct."""
    with feed.membership.person.locale.used():
        return _written(feed)


def _written(feed: MemberFeed) -> bytes:
    room = feed.membership.room
    address = absolute(room.get_absolute_url())
    title = _("%(room)s in %(community)s") % {
        "room": title_for(feed.membership),
        "community": Community.current().name,
    }
    atom = ChangedFeed(
        title=title, link=address, description=room.topic, language="",
        # Neither the secret nor who it is: some readers show it.
        feed_guid=f"{address}#{feed.digest[:16]}", made_at=feed.made_at,
    )  # fmt: skip
    for message in _messages(feed.membership):
        name = message.shown_name or message.author.name
        add_message(atom, message, name, name, address)
    return atom.writeString("utf-8").encode()


def _messages(membership: Membership) -> Iterable[Message]:
    """The newest messages of the room, of those that its member sees; the newest first."""
    there = Message.objects.undeleted().filter(room=membership.room_id)
    there = there.exclude(author__in=Block.objects.blocked_by(membership.person))
    return there.select_related("author", "room").order_by("-pk")[:ENTRIES]
