"""Messages that answer others: threads, and how many answers they have."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Case, F, Value, When

from rooms.models import Message
from rooms.models.values import MessageRow


def reply_targets(ids: Iterable[int | None]) -> dict[int, Message]:
    """Those of the messages `ids` that were not deleted, by id. One query, none where there are none."""
    wanted = {pk for pk in ids if pk is not None}
    return Message.objects.undeleted().in_bulk(wanted) if wanted else {}


def count_answers(messages: Sequence[Message]) -> list[MessageRow]:
    """Count the answers among `messages` at the first of their threads: those, as they are now.

    What changes there has the revision of the answer. Two queries, none where there are no answers.
    """
    answers = [message for message in messages if message.thread_id]
    if not answers:
        return []
    counts = Counter(message.thread_id for message in answers)
    last = {message.thread_id: message.revision for message in answers if message.thread_id}
    more = Case(*(When(pk=pk, then=F("replies") + count) for pk, count in counts.items()))
    revision = Case(*(When(pk=pk, then=Value(number)) for pk, number in last.items()))
    Message.objects.filter(pk__in=last).update(replies=more, revision=revision)
    return Message.objects.visible().filter(pk__in=last).rows()
