"""Whom messages name, answer and call."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models.functions import Lower

from accounts.models import Person
from rooms.markup import usernames_in
from rooms.models import Mention, Message

# So many people may be named in one message: beyond that, @room is meant.
NAMED_AT_ONCE = 50


def people_named(texts: Iterable[str]) -> dict[str, int]:
    """The ids of those that `texts` may name, by username in lower case. One query, or none."""
    names = set().union(*map(usernames_in, texts))
    if not names:
        return {}
    found = Person.objects.alias(lowered=Lower("username")).filter(lowered__in=names, is_active=True)
    return dict(found.values_list("lowered", "pk"))


def mention(messages: Sequence[tuple[Message, Collection[int]]]) -> None:
    """Write down whom each message names, and whom it answers. One query, or none."""
    rows = [
        Mention(message=message, person_id=person_id)
        for message, named in messages
        for person_id in sorted(named)[:NAMED_AT_ONCE]
        if person_id != message.author_id
    ]
    rows += [
        Mention(message=message, person_id=message.reply_to.author_id, why=Mention.Why.ANSWERED)
        for message, named in messages
        if message.reply_to and message.reply_to.author_id not in {message.author_id, *named}
    ]
    if rows:
        Mention.objects.bulk_create(rows)
