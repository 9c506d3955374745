"""Quiet lines in a room say what happened to it: who was added, who left, what it is called now."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Person
from rooms import broadcasts
from rooms.access import NotFound
from rooms.models import Message, Noticed, Room
from rooms.models.room import take_revisions


def post_notice(
    room: Room, actor: Person, notice: Message.Notice, people: Iterable[int] = (), words: str = ""
) -> None:
    """Say in `room` that `actor` did it, inside the transaction that does it; unread it is for nobody.

    `people` are the ids of those to whom it was done, `words` what the room is called, or about, now.
    Four queries, and one for people. Raises NotFound where the room is gone.
    """
    taken = take_revisions({room.pk: 1})
    if room.pk not in taken:
        raise NotFound
    revision, posts = taken[room.pk]
    # It has the number of the last message: whoever has read that has read the line.
    message = Message(
        room=room, author=actor, notice=notice, html=escape(words), number=posts,
        first_revision=revision, revision=revision, posted_at=timezone.now(),
    )  # fmt: skip
    message.stand_after(Message.objects.last_of([room.pk]).get(room.pk))
    message.save(force_insert=True)
    Noticed.objects.bulk_create([Noticed(message=message, person_id=pk) for pk in sorted(set(people))])
    (row,) = Message.objects.filter(pk=message.pk).rows()
    transaction.on_commit(partial(broadcasts.notice_posted, row), robust=True)
