"""The answers of a thread, as they stand on its page."""

from django.template.loader import get_template

from live.fragments import partial
from rooms import fragments
from rooms.models import Message, Room
from rooms.models.message import PAGE_SIZE, Shown
from rooms.rows import rows


def page_of(first: Message, before: int | None = None) -> tuple[list[Shown], bool]:
    """A page of the answers to `first`, oldest first, and whether there are earlier ones. One query."""
    newest = first.thread_messages.newest(before).shown()
    return newest[:PAGE_SIZE][::-1], len(newest) > PAGE_SIZE


def earlier(first: Message, before: int | None) -> str:
    """Earlier answers, for a page that shows what came after them."""
    answers, more = page_of(first, before)
    return partial(f"#thread-{first.pk}", fragments.INSERT, rows(answers)) + _link(answers, more)


def changes_since(room: Room, first_id: int, since: int) -> str:
    """What happened among the answers to the message `first_id` after the revision `since`.

    All of it, or the newest page where that is more than a page. Two queries at most.
    """
    answers = room.messages.filter(thread=first_id)
    changed = answers.changed_since(since)[: PAGE_SIZE + 1].shown()
    if len(changed) > PAGE_SIZE:
        newest = answers.newest().shown()
        page = newest[:PAGE_SIZE][::-1]
        return partial(f"#thread-{first_id}", "innerHTML", rows(page)) + _link(page, len(newest) > PAGE_SIZE)
    return "".join(fragments.change(message, since) for message in changed)


def _link(answers: list[Shown], more: bool) -> str:
    context = {"earlier": answers[0].pk if more else ""}
    return partial("#earlier", "outerHTML", get_template("rooms/thread.html#earlier").render(context))
