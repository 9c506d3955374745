"""Messages are posted: what several people say at once is stored together."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from time import monotonic, perf_counter, sleep
from typing import Any

from django.db import Error, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models.expressions import RawSQL
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import MESSAGES_A_MINUTE, Community
from database.batching import LoopBatcher
from hypermedia.locales import for_all_readers
from live.limits import FixedWindowLimit
from rooms import broadcasts
from rooms.actions.direct import BLOCKED, silenced
from rooms.actions.drafts import forget_drafts
from rooms.actions.following import follow_answered
from rooms.actions.link_previews import enqueue_previews
from rooms.actions.mentions import people_named, store_mentions
from rooms.actions.messages_prepare import (
    NewMessage,
    PreparedMessage,
    clean_body,
    prepare_message,
    token_digest,
)
from rooms.actions.rejected import Rejected
from rooms.actions.slow_mode import refuse_too_soon
from rooms.actions.threads import count_answers, reply_targets
from rooms.actions.uploads import attach_uploads, pending_uploads
from rooms.metrics import POST_SECONDS
from rooms.models import Membership, Message, Room
from rooms.models.room import case_by_id, take_revisions
from rooms.models.room_lists import count_change_of_lists
from rooms.models.values import DIRECT, AuthorRef, MessageRow

# What one person may say in a minute, over all their pages, programs and processes: the community says how
# much (Community.messages_a_minute), at first as fast as one page may speak for long (live/consumers.py).
MESSAGE_LIMIT = FixedWindowLimit("messages", MESSAGES_A_MINUTE, 60)
# Sent after the commit, of what people have said in rooms in which programs listen: `messages`, their ids.
messages_heard = Signal()
TOO_MANY = gettext_lazy("That was a lot for one minute. Wait a moment, then send it again.")


def post_message(membership: Membership, text: str, token: str = "", **more: Any) -> MessageRow:
    """Say `text` in a room; `more` is NewMessage's.

    Raises Rejected with a sentence for the author, or NotFound.
    """
    one = NewMessage(membership.pk, membership.person_id, text, token, **more)
    (posted,) = post_messages([one])
    if isinstance(posted, Exception):
        raise posted
    return posted


# What somebody is told in the place of a message; it may have been posted before that.
NOT_POSTED = (Rejected, OperationalError, InterfaceError)

# Seconds in which it is tried to learn what became of a commit that had no answer, and between two tries.
LOOKED_UP_FOR, LOOKED_UP_EVERY = 10, 0.25

# Messages in one transaction: so many are stored in some 20 ms, for which the first of them waits.
BATCH_LIMIT = 100

# What sockets and forms post in a process: a commit costs the same for one message as for many.
message_batcher = LoopBatcher[NewMessage, MessageRow](lambda wanted: _post_batch(wanted), BATCH_LIMIT)


def _post_batch(wanted: Sequence[NewMessage]) -> list[MessageRow | Exception]:
    """What those who post at the same time are told is read in each one's language."""
    with for_all_readers():
        return post_messages(wanted)


def post_messages(wanted: Sequence[NewMessage]) -> list[MessageRow | Exception]:
    """Say what several people want to, in one transaction: for each, what post_message gives or raises.

    Six queries, whatever their number. Names, answers and files are so many more, if there are any among
    them.
    """
    began = perf_counter()
    # Once, whatever becomes of the batch, and before its transaction: the cache may take its time.
    most = Community.current().messages_a_minute
    allowed = MESSAGE_LIMIT.take_each([one.person_id for one in wanted], most)
    posted = iter(_post([one for one, is_allowed in zip(wanted, allowed, strict=True) if is_allowed]))
    answers = [next(posted) if is_allowed else Rejected(TOO_MANY) for is_allowed in allowed]
    answers = _stored_before(wanted, answers)
    took = perf_counter() - began
    for _ in wanted:
        POST_SECONDS.observe(took)
    return answers


def _stored_before(
    wanted: Sequence[NewMessage], answers: Sequence[MessageRow | Exception]
) -> list[MessageRow | Exception]:
    """`answers`, but for what was posted before it would have been refused, or not stored: it stands.

    Three queries, none where nothing is refused that has a token.
    """
    refused = [
        one
        for one, answer in zip(wanted, answers, strict=True)
        if isinstance(answer, NOT_POSTED) and one.token
    ]
    if not refused:
        return list(answers)
    authors = Membership.objects.authors(one.membership_id for one in refused)
    tokens = {
        (one.membership_id, one.token): (author.author_id, _digest_of(one, author))
        for one in refused
        if (author := authors.get(one.membership_id)) and author.author_id == one.person_id
    }
    there = Message.objects.filter(token__in={token for _, token in tokens.values() if token})
    numbers = {
        (author_id, token): pk for pk, author_id, token in there.values_list("pk", "author_id", "token")
    }
    rows = {row.pk: row for row in Message.objects.filter(pk__in=numbers.values()).rows()} if numbers else {}
    found = {key: rows.get(numbers.get(said, 0)) for key, said in tokens.items()}
    return [
        (found.get((one.membership_id, one.token)) if isinstance(answer, NOT_POSTED) else None) or answer
        for one, answer in zip(wanted, answers, strict=True)
    ]


def _digest_of(one: NewMessage, author: AuthorRef) -> str | None:
    """The token of what `one` would be; none where it is no message at all."""
    try:
        body = clean_body(one.text, may_be_empty=bool(one.attachments))
    except Rejected:
        return None
    return token_digest(one.token, author.room_id, body, one.attachments)


def _post(wanted: Sequence[NewMessage]) -> list[MessageRow | Exception]:
    """The same for those that are within the limit."""
    if not wanted:
        return []
    try:
        return _post_together(wanted)
    except IntegrityError as error:
        if len(wanted) == 1:
            return [_posted_before(wanted[0]) or error]
        # One of them is there already, or its author left: that is nothing to the others.
        return [posted for one in wanted for posted in _post([one])]


def _stored_after_all(wanted: Sequence[NewMessage], error: Error) -> list[MessageRow | Exception]:
    """What became of messages whose commit had no answer: those that stand, and `error` for the others.

    A line to the database may be lost with the answer alone. A commit that is still on its way holds the
    locks of its rooms: it is waited for. So is a database that restarts, which ends lines with a commit just
    done; raises `error` where it cannot be asked for too long.
    """
    if not connection.features.has_select_for_update:
        # SQLite is reached without a line.
        raise error
    until = monotonic() + LOOKED_UP_FOR
    while True:
        connection.close_if_unusable_or_obsolete()
        try:
            with transaction.atomic():
                rooms = Room.objects.filter(memberships__in={one.membership_id for one in wanted})
                list(Room.objects.select_for_update().filter(pk__in=rooms.values("pk")).order_by("pk"))
                return _stored_before(wanted, [error for _ in wanted])
        except (OperationalError, InterfaceError):
            if monotonic() > until:
                raise error from None
            sleep(LOOKED_UP_EVERY)


def _post_together(wanted: Sequence[NewMessage]) -> list[MessageRow | Exception]:
    is_committing = False
    try:
        with transaction.atomic():
            answers = _post_in_transaction(wanted)
            is_committing = True
    except (OperationalError, InterfaceError) as error:
        if not is_committing:
            raise
        return _stored_after_all(wanted, error)
    return answers


def _post_in_transaction(wanted: Sequence[NewMessage]) -> list[MessageRow | Exception]:
    authors = Membership.objects.authors(memberships_of(wanted))
    people = people_named(
        (authors[one.membership_id].room_id, one.text) for one in wanted if one.membership_id in authors
    )
    answered = reply_targets(one.reply_to for one in wanted)
    files = pending_uploads(pk for one in wanted for pk in one.attachments)
    said = [prepare_message(one, authors, people, answered, files) for one in wanted]
    said = refuse_too_soon(_refuse_silenced(said))
    new = [one for one in said if isinstance(one, PreparedMessage)]
    if new:
        _store(new)
        _read_by_authors(new)
        _list_begun(new)
        forget_drafts((one.author, one.wanted.box) for one in new if one.wanted.is_drafted)
        attach_uploads([(one.message, one.files, one.wanted.descriptions) for one in new])
        mentions = store_mentions([(one.message, one.marked.named) for one in new])
        threads = count_answers([one.message for one in new])
        follow_answered([one.message for one in new], threads, mentions)
        posted = [one.message.row_by(one.author) for one in new]
        # It stands, whatever becomes of telling it: to render files asks the database once more.
        transaction.on_commit(partial(broadcasts.messages_posted, posted, threads, mentions), robust=True)
        transaction.on_commit(partial(enqueue_previews, posted), robust=True)
        _tell_listeners(new)
    return [one.message.row_by(one.author) if isinstance(one, PreparedMessage) else one for one in said]


def memberships_of(wanted: Sequence[NewMessage]) -> set[int]:
    """The ids of the memberships of those who say something, and of who answers for it."""
    sponsors = {one.sponsor for one in wanted if one.sponsor is not None}
    return {one.membership_id for one in wanted} | sponsors


def _tell_listeners(new: Sequence[PreparedMessage]) -> None:
    """Tell of what people have said where programs listen, after the commit. What bots say wakes no bot."""
    heard = [one.message.pk for one in new if one.author.is_listened and not one.author.is_bot]
    if heard:
        told = partial(messages_heard.send_robust, sender=Message, messages=heard)
        transaction.on_commit(told, robust=True)


def _refuse_silenced(said: Sequence[PreparedMessage | Exception]) -> list[PreparedMessage | Exception]:
    """`said`, but for what somebody says to the one who has blocked them, or whom they have."""
    new = [one for one in said if isinstance(one, PreparedMessage)]
    rooms = silenced({one.author.room_id for one in new if one.author.kind == DIRECT})
    return [
        Rejected(BLOCKED) if isinstance(one, PreparedMessage) and one.author.room_id in rooms else one
        for one in said
    ]


def _store(new: Sequence[PreparedMessage]) -> None:
    """Number the messages, see what each stands after, and insert them. Three queries."""
    counts = Counter(one.author.room_id for one in new)
    taken = take_revisions(counts, posts=True)
    if len(taken) < len(counts):
        raise IntegrityError("A room is gone.")
    last = Message.objects.last_of(counts)
    # Taken behind the rooms' locks, so that times follow the order of the messages.
    now = timezone.now()
    for message in (one.message for one in new):
        room = message.room_id
        counts[room] -= 1
        revision, posts = taken[room]
        message.first_revision = message.revision = revision - counts[room]
        message.number = posts - counts[room]
        message.posted_at = now
        message.stand_after(last.get(room))
        last[room] = message
    Message.objects.bulk_create([one.message for one in new])


def _read_by_authors(new: Sequence[PreparedMessage]) -> None:
    """Who writes in a room has read it. One query."""
    numbers = {one.wanted.membership_id: one.message.number for one in new}
    number, parameters = case_by_id(numbers)
    Membership.objects.filter(pk__in=numbers).update(read=RawSQL(number, parameters))  # noqa: S611


def _list_begun(new: Sequence[PreparedMessage]) -> None:
    """A direct conversation stands in the others' lists from its first message on. No query but for those."""
    begun = {one.author.room_id for one in new if one.author.kind == DIRECT and one.message.number == 1}
    if begun:
        members = Membership.objects.filter(room__in=begun)
        count_change_of_lists(set(members.values_list("person_id", flat=True)))


@transaction.atomic
def _posted_before(one: NewMessage) -> MessageRow | Exception | None:
    """What a message that could not be inserted is already, or why it cannot be; None if neither is so."""
    authors = Membership.objects.authors(memberships_of([one]))
    said = prepare_message(one, authors, {}, reply_targets([one.reply_to]), pending_uploads(one.attachments))
    if isinstance(said, Exception):
        return said
    there = Message.objects.filter(author=said.author.author_id, token=said.message.token or "").rows()
    return there[0] if there else None
