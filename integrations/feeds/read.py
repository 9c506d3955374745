"""Feeds and calendars are looked at, and what is new in them is written down, to be said: by the worker."""

import datetime
import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.plain_text import clean_line, shortened
from integrations.feeds import calendars
from integrations.feeds.saying import let_say, linked, say_due
from integrations.models import FeedEntry, IncomingFeed
from rooms.files.apart import said_by

# Seconds for one look, and for its process to start.
TIME_LIMIT, START_LIMIT = 10.0, 4.0
EVERY = datetime.timedelta(minutes=15)
# After a failure twice as long as before, up to a day.
MOST_WAIT = datetime.timedelta(days=1)
# A calendar is read anew after that, also where it is the same: what recurs is known for some days alone.
WHOLE_EVERY = datetime.timedelta(hours=12)
# Feeds that are looked at in one go, and entries that are said at once.
AT_ONCE = 20
SAID_AT_ONCE = 10
# Entries that are remembered of a feed: more than one has.
REMEMBERED = 1000


def look_at_due(now: datetime.datetime) -> None:
    """Look at the feeds that are due, those first that have waited longest."""
    for feed in IncomingFeed.objects.filter(due_at__lte=now, room__archived_at=None).order_by("due_at")[
        :AT_ONCE
    ]:
        # Whatever becomes of it, others have their turn before it.
        IncomingFeed.objects.filter(pk=feed.pk).update(due_at=now + EVERY)
        look_at(feed)


def look_at(feed: IncomingFeed) -> None:
    """Look at a feed, and say what is new in it; at the first time nothing is."""
    now = timezone.now()
    is_old = feed.is_calendar and feed.read_at is not None and feed.read_at < now - WHOLE_EVERY
    found = asked(feed.url, now, *(() if is_old else (feed.etag, feed.modified)))
    if found.get("unchanged"):
        _note(feed, why="", failures=0)
    elif "title" not in found:
        wait = min(EVERY * 2 ** min(feed.failures, 10), MOST_WAIT)
        why = shortened(clean_line(str(found.get("problem", found["ended"]))), 200)
        _note(feed, why=why, failures=feed.failures + 1, due_at=now + wait)
    else:
        _take(feed, found, now)
        say_due(timezone.now())


def asked(url: str, now: datetime.datetime, etag: str = "", modified: str = "") -> dict[str, Any]:
    """What the feed at `url` has, as the process that read it says; without a `title` it is none."""
    wanted = {
        "url": url, "etag": etag, "modified": modified, "networks": settings.LINK_PREVIEW_NETWORKS,
        "zone": settings.TIME_ZONE, "now": now.isoformat(),
    }  # fmt: skip
    return said_by("integrations.feeds.looker", wanted, TIME_LIMIT, START_LIMIT)


def _note(feed: IncomingFeed, **values: Any) -> None:
    IncomingFeed.objects.filter(pk=feed.pk).update(**values)


@transaction.atomic
def _take(feed: IncomingFeed, found: dict[str, Any], now: datetime.datetime) -> None:
    """Remember what is there, together with what is to be said of it: it is said once, whatever ends when."""
    there = IncomingFeed.objects.select_for_update().filter(pk=feed.pk).first()
    if there is None:
        return
    known = {"etag": found["etag"], "modified": found["modified"], "read_at": now, "failures": 0}
    with override(settings.LANGUAGE_CODE):
        if "events" in found:
            calendars.take(there, found, now, is_first=not there.is_calendar)
            why = f"{found['unread']} of its events cannot be read" if found["unread"] else ""
            _note(feed, is_calendar=True, why=why, **known)
        else:
            _take_entries(there, found["entries"], now)
            _note(feed, is_calendar=False, why="", **known)


def _take_entries(feed: IncomingFeed, entries: list[dict[str, str]], now: datetime.datetime) -> None:
    """Remember the entries of a feed, and let those be said that are new; at the first time none is."""
    new = [one for one in entries if _is_new(feed, one)]
    old = feed.entries.order_by("-pk").values_list("pk", flat=True)[REMEMBERED:]
    FeedEntry.objects.filter(pk__in=list(old)).delete()
    if feed.read_at is not None:
        let_say(feed, _lines(new), now)


def _is_new(feed: IncomingFeed, entry: dict[str, str]) -> bool:
    """Whether neither the id nor the address of an entry was there; both are from now on."""
    keys = {entry["id"], entry["link"], *(() if entry["id"] or entry["link"] else (entry["title"],))} - {""}
    digests = {hashlib.sha256(key.encode(errors="replace")).hexdigest()[:32] for key in keys}
    there = set(feed.entries.filter(digest__in=digests).values_list("digest", flat=True))
    FeedEntry.objects.bulk_create(
        [FeedEntry(feed=feed, digest=one) for one in sorted(digests - there)], ignore_conflicts=True
    )
    return bool(digests) and not there


def _lines(new: list[dict[str, str]]) -> list[str]:
    """What is said of the newest of them, the oldest of those first; in one line that there are more."""
    lines = [linked(one["title"], one["link"]) for one in reversed(new[:SAID_AT_ONCE])]
    if (left := len(new) - SAID_AT_ONCE) > 0:
        lines.insert(0, _("And %(count)d more before these.") % {"count": left})
    return lines
