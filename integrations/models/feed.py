"""Feeds and calendars of the web that are read into rooms."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class IncomingFeed(models.Model):
    """A feed whose new entries are said in a room, by a bot of its own."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="incoming_feeds")
    bot = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    url = models.URLField(max_length=2000)
    # What the last answer was known by, for who asks whether there is another.
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    is_calendar = models.BooleanField(default=False)
    # Null until it was read for the first time, which says nothing.
    read_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    # Why the last look found nothing to read; how often in a row.
    why = models.CharField(max_length=200, blank=True)
    failures = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("room", "url"), name="a_feed_of_a_room_once"),)

    def __str__(self) -> str:
        return self.url


class FeedEntry(models.Model):
    """An entry that was there already: its id, and its address, digested; either may change."""

    feed = models.ForeignKey(IncomingFeed, on_delete=models.CASCADE, related_name="entries")
    digest = models.CharField(max_length=32)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "feed entries"
        constraints = (models.UniqueConstraint(fields=("feed", "digest"), name="an_entry_once"),)

    def __str__(self) -> str:
        return self.digest


class CalendarEvent(models.Model):
    """An event that a calendar has, as it was at the last look, for as long as it is not over."""

    feed = models.ForeignKey(IncomingFeed, on_delete=models.CASCADE, related_name="events")
    # Digests: of what it is about; of that and, where it is one of what recurs that is otherwise, of which.
    subject = models.CharField(max_length=32)
    key = models.CharField(max_length=32)
    # What makes it another one; and when it begins, or is next.
    state = models.CharField(max_length=32)
    starts_at = models.DateTimeField()
    # What is said of it.
    text = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("feed", "key"), name="an_event_once"),)

    def __str__(self) -> str:
        return self.text


class FeedMessage(models.Model):
    """What a feed has to say, written down with what was read: it is said once, whatever ends when."""

    feed = models.ForeignKey(IncomingFeed, on_delete=models.CASCADE, related_name="messages")
    # A digest of what begins, for what is said of that beforehand; it stays, as said, until that has begun.
    key = models.CharField(max_length=32, blank=True)
    text = models.TextField()
    due_at = models.DateTimeField()
    # When it is of no use any longer.
    until = models.DateTimeField(null=True)
    said_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("feed", "key"), condition=~Q(key=""), name="a_beginning_once"),
        )
        indexes = (models.Index(fields=("due_at",), name="unsaid", condition=Q(said_at=None)),)

    def __str__(self) -> str:
        return self.text
