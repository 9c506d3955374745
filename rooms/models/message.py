"""Messages, in the order in which a room has them."""

import datetime
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.fields import LineField
from accounts.models import Community
from database.fields import SmallCounterField
from database.rows import read_rows, row_of
from rooms.models.authorship import keep_messages
from rooms.models.fields import WordsField
from rooms.models.values import Answerer, AuthorRef, MessageRow, quarter_of
from rooms.words import indexed

if TYPE_CHECKING:
    from accounts.models import Person

# As long as Zulip's: a few pages of text; a longer one is a document.
BODY_LIMIT = 10_000
# The messages of one page, of the newest and of each older one.
PAGE_SIZE = 50
# Messages of one author, so close to each other, stand under one heading.
GROUP_WITHIN = datetime.timedelta(minutes=5)


# Community.people_revision, in the same query as what others are called.
PEOPLE_REVISION = Coalesce(
    models.Subquery(Community.objects.filter(pk=1).values("people_revision")), models.Value(0)
)


# The newest that stands in each of some rooms. For Django to say it costs more than all that is then stored.
NEWEST_IN_ROOMS = """
SELECT id, room_id, author_id, shown_name, shown_icon, shown_picture, posted_at, deleted_at, notice
FROM rooms_message WHERE id IN (
    SELECT (
        SELECT id FROM rooms_message WHERE room_id = room.id AND removed_at IS NULL ORDER BY id DESC LIMIT 1
    ) FROM rooms_room AS room WHERE id IN ({})
)"""


class MessageQuerySet(models.QuerySet["Message"]):
    def update(self, **fields: Any) -> int:
        """Change them all; with their text the words by which they are found."""
        if "body" in fields:
            fields["words"] = indexed(fields["body"])
        return super().update(**fields)

    def rows(self) -> list[MessageRow]:
        """Their values, with those of their authors: one query."""
        return read_rows(MessageRow, self.annotate(people_revision=PEOPLE_REVISION))

    def with_author(self) -> "MessageQuerySet":
        """Them, each with its author, and with all that `Message.row` needs but the room."""
        return self.select_related("author").annotate(people_revision=PEOPLE_REVISION)

    def visible(self) -> "MessageQuerySet":
        """Those that have a place in the room: what was said, and the traces of what others answered."""
        return self.filter(removed_at__isnull=True)

    def undeleted(self) -> "MessageQuerySet":
        """Those that were not deleted, and that somebody said: what one can act on."""
        return self.visible().filter(deleted_at__isnull=True, notice__isnull=True)

    def pinned(self) -> "MessageQuerySet":
        """Those that are pinned."""
        return self.undeleted().filter(pinned_at__isnull=False)

    def saved_by(self, person: "Person") -> "MessageQuerySet":
        """What `person` keeps, in the rooms they are still in; what they saved last first."""
        mine = self.undeleted().filter(saved__person=person, room__memberships__person=person)
        return mine.order_by("-saved__saved_at", "-pk")

    def newest(self, before: int | None = None) -> "MessageQuerySet":
        """The newest page that stands, or the one before the message with the id `before`; newest first.

        One more than a page, which says whether there are older ones.
        """
        page = self.visible() if before is None else self.visible().filter(pk__lt=before)
        return page.order_by("-pk")[: PAGE_SIZE + 1]

    def answerers(self, threads: Iterable[int]) -> list[Answerer]:
        """Who answered in each of `threads`, who did last first. One query."""
        found = self.undeleted().filter(thread__in=threads)
        people = ("author__username", "author__display_name", "author__hue", "author__avatar")
        last = found.values_list("thread_id", "author_id", *people).annotate(last=models.Max("posted_at"))
        return [Answerer(*values) for values in last.order_by("-last", "-author_id")]

    def last_said_by(self, person: "Person", thread: int | None = None) -> "Message | None":
        """What `person` said last, of the newest page; of a thread's, with the id of its first message."""
        shown = (self.filter(thread=thread) if thread else self).newest().values("pk")
        mine = self.undeleted().filter(pk__in=list(shown.values_list("pk", flat=True)), author=person)
        return mine.order_by("-pk").first()

    def changed_since(self, revision: int) -> "MessageQuerySet":
        """What was posted, edited or deleted after `revision`, in the order of the changes."""
        return self.filter(revision__gt=revision).order_by("revision", "pk")

    def last_of(self, rooms: Collection[int]) -> dict[int, "Message"]:
        """The newest that stands in each of `rooms`, by room; who wrote it, and when. One query."""
        found = self.raw(NEWEST_IN_ROOMS.format(", ".join(["%s"] * len(rooms))), list(rooms))
        return {message.room_id: message for message in found}

    def neighbour_before(self, pk: int) -> "Message | None":
        """The message that stands before the one with the id `pk`."""
        return self.visible().filter(pk__lt=pk).order_by("-pk").first()

    def neighbour_after(self, pk: int) -> "Message | None":
        """The message that stands after the one with the id `pk`."""
        return self.visible().filter(pk__gt=pk).order_by("pk").first()


class Message(models.Model):
    """What somebody said in a room. A deleted one stays, empty, as the trace that catching up needs.

    People see that trace, too, where others had answered it.
    """

    class Calls(models.TextChoices):
        HERE = "here", "who is here"
        ROOM = "room", "everybody in the room"

    class Notice(models.TextChoices):
        """What happened in a room, as a quiet line in it says: the author did it."""

        ADDED = "added", "added people"
        REMOVED = "removed", "removed people"
        LEFT = "left", "left"
        JOINED = "joined", "joined"
        RENAMED = "renamed", "renamed the room"
        TOPIC = "topic", "changed the topic"
        OPENED = "opened", "opened the room to everybody"
        CLOSED = "closed", "closed the room"
        ARCHIVED = "archived", "archived the room"
        REVIVED = "revived", "took the room out of the archive"

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=keep_messages, related_name="messages")
    # What was written, and what it is as HTML: rendered and cleaned once, when stored (rooms/markup/).
    body = models.TextField(blank=True)
    html = models.TextField(blank=True, editable=False)
    words = WordsField(blank=True, default="", editable=False)
    # The room's count of posts with this one: Room.posts.
    number = models.PositiveBigIntegerField(default=0, editable=False)
    # Said with /me: a sentence about its author.
    is_action = models.BooleanField(default=False, editable=False)
    # Whom it calls besides the people it names: nobody, those who were here, or the whole room.
    calls = models.CharField(max_length=4, blank=True, choices=Calls.choices, editable=False)
    # The message that this one answers, and the first of that thread; how many answer this thread.
    reply_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="answers", editable=False
    )
    thread = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="thread_messages",
        editable=False,
    )
    replies = SmallCounterField(default=0, editable=False)
    # How many files, and links to somewhere, it has.
    files = models.PositiveSmallIntegerField(default=0, editable=False)
    links = models.PositiveSmallIntegerField(default=0, editable=False)
    # What happened, where nobody said something; it counts as unread for nobody. Null, not empty: so the
    # column comes to SQLite without writing the table anew, whose triggers that would drop.
    notice = models.CharField(max_length=10, null=True, choices=Notice.choices, editable=False)  # noqa: DJ001
    # What a hook is called in this message, and the emoji in the place of its picture, where it says so.
    shown_name = LineField(max_length=60, null=True, editable=False)
    shown_icon = LineField(max_length=32, null=True, editable=False)
    # And a picture that stands for it: what that is stored and asked for by, as Person.avatar.
    shown_picture = models.CharField(max_length=32, null=True, editable=False)  # noqa: DJ001
    # What the buttons say, a line each, that a program has put below it; integrations knows what they do.
    buttons = models.TextField(null=True, editable=False)  # noqa: DJ001
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    pinned_at = models.DateTimeField(null=True, blank=True, editable=False)
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    # The room's revision when it was posted, and at its last change.
    first_revision = models.PositiveBigIntegerField(editable=False)
    revision = models.PositiveBigIntegerField(editable=False)
    # And when its words changed last, if they ever did.
    edited_revision = models.PositiveBigIntegerField(null=True, editable=False)
    # And when its reactions did.
    reacted_revision = models.PositiveBigIntegerField(null=True, editable=False)
    # What the composer carried, digested: the same frame twice is one message.
    # Null, not empty, where there was none: many messages of one author may have none.
    token = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001
    posted_at = models.DateTimeField(default=timezone.now)
    # When it was deleted; and, unless others had answered it, when its place in the room went with it.
    deleted_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    # What stands before decides whether a day starts here, which is up to the reader's zone: when that was
    # posted, to the quarter of an hour; null where nothing stands before. And whether a heading with the
    # author's name does.
    previous_at = models.DateTimeField(null=True, editable=False)
    starts_group = models.BooleanField(default=True, editable=False)

    # What the community had counted when it was read: MessageQuerySet.with_author says it.
    people_revision: int
    # What the current user has begun to write in its thread, whether they follow that, and the id of the last
    # answer that they have seen there: access.thread_in says it.
    draft: str | None
    follows: bool
    seen: int | None

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = (
            # Of those that stand, so that a thousand deletions cost a reader nothing.
            models.Index(
                fields=("room", "-id"), name="message_history", condition=models.Q(removed_at__isnull=True)
            ),
            models.Index(fields=("room", "revision"), name="message_changes"),
            models.Index(
                fields=("thread", "id"), name="message_thread", condition=models.Q(thread__isnull=False)
            ),
            models.Index(
                fields=("reply_to",), name="message_answers", condition=models.Q(reply_to__isnull=False)
            ),
            models.Index(
                fields=("room", "-pinned_at"),
                name="message_pins",
                condition=models.Q(pinned_at__isnull=False),
            ),
            models.Index(fields=("room", "-id"), name="message_calls", condition=~models.Q(calls="")),
            # Where somebody left off; and what of it was deleted.
            models.Index(fields=("room", "number"), name="message_numbers"),
            models.Index(
                fields=("room", "number"),
                name="message_gone",
                condition=models.Q(deleted_at__isnull=False),
            ),
            # A day, to search from.
            models.Index(fields=("posted_at",), name="message_days"),
            # The same in one room: what was moved in has later ids than what was said here after it.
            models.Index(fields=("room", "posted_at"), name="message_days_of_room"),
            # Who may see a picture beside a message.
            models.Index(
                fields=("shown_picture", "room"),
                name="message_pictures",
                condition=models.Q(shown_picture__isnull=False),
            ),
            models.Index(fields=("-id",), name="message_files", condition=models.Q(files__gt=0)),
            models.Index(fields=("-id",), name="message_links", condition=models.Q(links__gt=0)),
        )
        constraints = (
            models.UniqueConstraint(fields=("author", "token"), name="a_frame_twice_is_one_message"),
        )

    def __str__(self) -> str:
        return f"message {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it; with its text the words by which it is found."""
        if "body" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "words"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("message", args=[self.room.slug, self.pk])

    @property
    def row(self) -> MessageRow:
        """The message as its row shows it; its room is loaded, and it was read `with_author`."""
        return row_of(MessageRow, self)

    def row_by(self, author: AuthorRef) -> MessageRow:
        """The message as its row shows it, before anybody has read it: written by `author`."""
        return row_of(MessageRow, self, author)

    def stand_after(self, before: "Message | None") -> bool:
        """Decide what starts here, given the message that stands before; true if that changed."""
        was = self.previous_at, self.starts_group
        self.previous_at = quarter_of(before.posted_at) if before else None
        self.starts_group = (
            before is None
            # A trace does not say whose it is, nor does a quiet line.
            or before.deleted_at is not None
            or before.notice is not None
            or before.author_id != self.author_id
            or before._shown_as() != self._shown_as()
            or self.posted_at - before.posted_at > GROUP_WITHIN
        )
        return was != (self.previous_at, self.starts_group)

    def _shown_as(self) -> tuple[str | None, ...]:
        return self.shown_name, self.shown_icon, self.shown_picture
