"""What feeds have to say is said in their rooms, each once: by the worker, also after one that was killed."""

import datetime
import logging
from html import unescape

from django.db import DatabaseError, transaction
from django.utils.html import strip_tags

from accounts.plain_text import clean_line, shortened
from integrations.models import FeedMessage, IncomingFeed
from rooms.access import NotFound
from rooms.actions.messages_post import TOO_MANY, post_message
from rooms.actions.rejected import Rejected
from rooms.models import Membership

log = logging.getLogger(__name__)

# Messages that are said in one go.
AT_ONCE = 100
MARKS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>#@~|"})


def plain(words: str, length: int = 300) -> str:
    """Words of a feed, for a message: marks in them mean nothing."""
    return shortened(clean_line(unescape(strip_tags(words))), length).translate(MARKS)


def linked(title: str, link: str) -> str:
    """A title that leads where `link` does, as Markdown: of the web alone."""
    title = plain(title)
    link = link if link.startswith(("https://", "http://")) else ""
    link = link.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
    if not link:
        return title
    return f"[{title}]({link})" if title else link


def let_say(feed: IncomingFeed, texts: list[str], now: datetime.datetime) -> None:
    """Write down what a feed has to say `now`, in the transaction that notes what was read."""
    FeedMessage.objects.bulk_create(FeedMessage(feed=feed, text=text, due_at=now) for text in texts if text)


def say_due(now: datetime.datetime) -> None:
    """Say what is due `now`, in the order in which it is."""
    unsaid = FeedMessage.objects.filter(said_at=None, due_at__lte=now).order_by("due_at", "pk")
    for pk in list(unsaid.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            _say(pk, now)
        except (Rejected, NotFound) as why:
            # That was a lot for one minute: it is said in one of the next.
            if str(why) != str(TOO_MANY):
                log.info("What a feed has to say was not said: %s", why)
                _note_said(pk, now)
        except DatabaseError:
            log.exception("What a feed has to say could not be said; it is tried again")


@transaction.atomic
def _say(pk: int, now: datetime.datetime) -> None:
    """Say one thing, and note it in the same transaction. Raises Rejected, NotFound."""
    unsaid = FeedMessage.objects.select_for_update().filter(pk=pk, said_at=None, due_at__lte=now)
    one = unsaid.first()
    if one is None:
        return
    _note_said(pk, now)
    if one.until is not None and one.until <= now:
        return
    feed = IncomingFeed.objects.get(pk=one.feed_id)
    place = Membership.objects.filter(room=feed.room_id, person=feed.bot_id).first()
    if place is not None:
        post_message(place, one.text)


def _note_said(pk: int, now: datetime.datetime) -> None:
    """What would be read again is remembered as said; the rest is gone."""
    FeedMessage.objects.filter(pk=pk, key="").delete()
    FeedMessage.objects.filter(pk=pk).update(said_at=now)
