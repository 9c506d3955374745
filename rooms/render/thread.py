"""A thread, as it stands beside its room."""

from django.template.loader import get_template
from django.utils.safestring import SafeString

from hypermedia.fragments import hx_partial
from rooms.models import Message, Room
from rooms.models.message import PAGE_SIZE
from rooms.models.values import MessageRow
from rooms.render import room_page
from rooms.render.beside import beside
from rooms.render.message import render_messages


def read_answers(first: Message, before: int | None = None) -> tuple[list[MessageRow], bool]:
    """A page of the answers to `first`, oldest first, and whether there are earlier ones. One query."""
    newest = first.thread_messages.newest(before).rows()
    return newest[:PAGE_SIZE][::-1], len(newest) > PAGE_SIZE


def earlier_answers(first: Message, before: int | None) -> str:
    """Earlier answers, for a page that shows what came after them."""
    answers, more = read_answers(first, before)
    return hx_partial(f"#thread-{first.pk}", room_page.INSERT, answer_rows(first.pk, answers)) + _link(
        answers, more
    )


def answer_rows(first_id: int, answers: list[MessageRow]) -> SafeString:
    """The rows of `answers` to the message `first_id`."""
    return beside(render_messages(answers), first_id)


def thread_changes_since(room: Room, first_id: int, since: int) -> str:
    """What happened among the answers to the message `first_id` after the revision `since`.

    All of it, or the newest page where that is more than a page. Two queries at most.
    """
    answers = room.messages.filter(thread=first_id)
    changed = answers.changed_since(since)[: PAGE_SIZE + 1].rows()
    if len(changed) > PAGE_SIZE:
        newest = answers.newest().rows()
        page = newest[:PAGE_SIZE][::-1]
        return hx_partial(f"#thread-{first_id}", "innerHTML", answer_rows(first_id, page)) + _link(
            page, len(newest) > PAGE_SIZE
        )
    return "".join(_change(message, since) for message in changed)


def _change(message: MessageRow, since: int) -> str:
    if message.removed_at is None and message.first_revision > since:
        return room_page.answer_posted(message)
    return room_page.message_changed(message)


def _link(answers: list[MessageRow], more: bool) -> str:
    context = {"earlier": answers[0].pk if more else ""}
    return hx_partial(
        "#earlier-answers", "outerHTML", get_template("rooms/thread.html#earlier").render(context)
    )
