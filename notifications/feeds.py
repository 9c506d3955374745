"""An Atom feed of somebody's mentions, at a secret address: for programs that read such feeds."""

import datetime
import hashlib
import secrets
from collections.abc import Iterable

from django.http import Http404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import gettext as _

from accounts.models import Block, Community, Person
from notifications.models import Feed
from notifications.wording import absolute, words_of
from rooms.models import Message
from rooms.models.values import DIRECT
from rooms.views.mentions import newest_mentions

# Bytes of the secret; and entries of a feed.
SECRET_BYTES = 24
ENTRIES = 50


class ChangedFeed(Atom1Feed):
    """Atom whose time does not change while nothing does: an empty feed is as old as its address."""

    def latest_post_date(self) -> datetime.datetime:
        """When one of the entries was last changed, or the address made."""
        return max((item["updateddate"] for item in self.items), default=self.feed["made_at"])


def make_address(person: Person, now: datetime.datetime) -> str:
    """A new secret address for the feed of `person`, in full, which is kept nowhere; the one before ends."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = {"digest": digest_of(secret), "made_at": now}
    Feed.objects.update_or_create(person=person, defaults=made)
    return absolute(reverse("mentions_feed", args=[secret]))


def revoke(person: Person) -> None:
    """End the feed of `person`."""
    Feed.objects.filter(person=person).delete()


def feed_of(person: Person) -> Feed | None:
    """What is known of the feed of `person`. One query."""
    return Feed.objects.filter(person=person).first()


def feed_at(secret: str) -> Feed:
    """The feed with that secret, and its person. Raises Http404."""
    found = Feed.objects.select_related("person").filter(digest=digest_of(secret), person__is_active=True)
    feed = found.first()
    if feed is None:
        raise Http404
    return feed


def written(feed: Feed) -> bytes:
    """The feed as Atom, the same while nothing in it is other. Five queries, however much is in it."""
    with feed.person.locale.used():
        return _written(feed)


def _written(feed: Feed) -> bytes:
    name = Community.current().name
    address = absolute(reverse("mentions"))
    atom = ChangedFeed(
        title=_("Mentions in %(community)s") % {"community": name}, link=address, description="", language="",
        # Neither the secret nor who it is: some readers show it.
        feed_guid=f"{address}#{feed.digest[:16]}", made_at=feed.made_at,
    )  # fmt: skip
    for message in _messages(feed.person):
        is_direct = message.room.kind == DIRECT
        title = _("%(name)s in a direct conversation") if is_direct else _("%(name)s in %(room)s")
        title %= {"name": message.author.name, "room": message.room.name}
        add_message(atom, message, title, message.author.name, absolute(reverse("mentions")))
    return atom.writeString("utf-8").encode()


def add_message(atom: Atom1Feed, message: Message, title: str, author: str, within: str) -> None:
    """Put a message by `author` into a feed; `within` is the address of what the feed is of."""
    atom.add_item(
        title=title,
        link=absolute(message.get_absolute_url()),
        description=linebreaks(words_of(message), autoescape=True),
        author_name=author,
        pubdate=message.posted_at.astimezone(datetime.UTC),
        updateddate=(message.edited_at or message.posted_at).astimezone(datetime.UTC),
        unique_id=f"{within}#message-{message.pk}",
    )


def _messages(person: Person) -> Iterable[Message]:
    """The newest messages that mean `person`, of those they may read now; the newest first."""
    there = Message.objects.undeleted().filter(pk__in=newest_mentions(person.pk, None, ENTRIES))
    there = there.exclude(author__in=Block.objects.blocked_by(person))
    return there.select_related("author", "room").order_by("-pk")


def digest_of(secret: str) -> str:
    """What of a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()
