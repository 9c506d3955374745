"""Who follows which thread, and how far they have seen it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, FilteredRelation, Min, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber

from accounts.models import Block
from database.fields import CounterField
from rooms.models.membership import Membership
from rooms.models.message import Message, MessageQuerySet

if TYPE_CHECKING:
    from accounts.models import Person


class FollowerQuerySet(models.QuerySet["Follower"]):
    def listed_for(self, person: "Person") -> "FollowerQuerySet":
        """The threads that `person` follows, of rooms they are in: what has something new first.

        Those are in the order of their last answers, and have `is_new`.
        """
        mine = self.filter(
            person=person,
            follows=True,
            thread__removed_at__isnull=True,
            thread__room__memberships__person=person,
        )
        answers = Message.objects.undeleted().filter(thread=OuterRef("thread"))
        last = Subquery(answers.order_by("-pk").values("pk")[:1])
        is_new = Exists(new_for(person, answers).filter(pk__gt=OuterRef("seen")))
        return mine.annotate(last=last, is_new=is_new).order_by(
            "-is_new", F("last").desc(nulls_last=True), "-thread"
        )

    def with_news(self) -> "FollowerQuerySet":
        """Those of threads in rooms that their person is in, where something is new to them."""
        blocked = Block.objects.filter(person=OuterRef(OuterRef("person")), blocked=OuterRef("author"))
        answers = Message.objects.undeleted().filter(thread=OuterRef("thread"), pk__gt=OuterRef("seen"))
        new = answers.exclude(author=OuterRef("person")).exclude(Exists(blocked))
        # Any of them, not whether there is one: for that PostgreSQL reads all answers of each thread.
        any_new = Subquery(new.order_by().values("pk")[:1])
        theirs = Membership.objects.filter(room=OuterRef("thread__room"), person=OuterRef("person"))
        return self.alias(any_new=any_new).filter(
            Exists(theirs), any_new__isnull=False, follows=True, thread__removed_at__isnull=True
        )

    def counted(self) -> "models.QuerySet[Follower, tuple[int]]":
        """How many these are, of one person: to stand in another query."""
        return self.order_by().values("person").annotate(count=Count("pk")).values_list("count")

    def news_by_person(self, people: Iterable[int], most: int) -> dict[int, set[int]]:
        """The threads with something new to each of `people`, by their ids: the newest `most`. One query."""
        number = Window(RowNumber(), partition_by=F("person"), order_by=F("thread").desc())
        found = self.filter(person__in=people).with_news().annotate(number=number).filter(number__lte=most)
        return _by_person(found)

    def news_in(self, threads: Iterable[int]) -> dict[int, set[int]]:
        """In which of `threads` something is new, by the id of whom it is new to. One query."""
        return _by_person(self.filter(thread__in=threads).with_news())

    def news_of(self, person: "Person", threads: Iterable[int]) -> dict[int, tuple[int, int]]:
        """How many answers in each of `threads` are new to `person`, and the id of the first. One query.

        By the id of the thread's first message; a thread where nothing is new is not in it.
        """
        mine = FilteredRelation("thread__followers", condition=Q(thread__followers__person=person))
        answers = new_for(person, Message.objects.undeleted()).filter(thread__in=threads).alias(mine=mine)
        counted = answers.filter(mine__seen__lt=F("pk")).order_by().values("thread")
        found = counted.annotate(count=Count("pk"), first=Min("pk"))
        news: dict[int, tuple[int, int]] = {}
        for pk, count, first in found.values_list("thread", "count", "first"):
            if pk is not None:
                news[pk] = count, first
        return news


def _by_person(followers: FollowerQuerySet) -> dict[int, set[int]]:
    news = defaultdict[int, set[int]](set)
    for person_id, thread_id in followers.values_list("person_id", "thread_id"):
        news[person_id].add(thread_id)
    return dict(news)


def new_for(person: "Person", answers: MessageQuerySet) -> MessageQuerySet:
    """Those of `answers` that can be new to `person`: by others, and by nobody whom they have blocked."""
    return answers.exclude(author__in=[person.pk, *Block.objects.blocked_by(person)])


class Follower(models.Model):
    """Somebody who follows a thread; or has ceased to, and does so until they answer in it again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followed")
    # The first message of the thread.
    thread = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="followers")
    follows = models.BooleanField(default=True)
    # The id of the last answer that was there when they looked at the thread; what is after it is new.
    seen = CounterField(default=0, editable=False)

    objects = FollowerQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "thread"), name="follows_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} and the thread of message {self.thread_id}"
