"""Who answered a message, under it: the last of them, and when."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from hypermedia.templates import macro
from rooms.models import Message
from rooms.models.values import Answerer, MessageRow
from rooms.render.days import last_answer

# So many have a face there.
FACES = 3


def render_for(messages: Sequence[MessageRow]) -> dict[int, SafeString]:
    """Who answered each of `messages` that has answers, by its id. One query, or none."""
    answered = {message.pk: message for message in messages if message.replies}
    if not answered:
        return {}
    threads: dict[int, list[Answerer]] = {}
    for one in Message.objects.answerers(answered):
        threads.setdefault(one.thread_id, []).append(one)
    render = macro("rooms/message.html", "answerers")
    return {
        pk: render(people[:FACES], last_answer(answered[pk], people[0].posted_at))
        for pk, people in threads.items()
    }
