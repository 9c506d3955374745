"""The page of a room, and the fragments that open pages of it get."""

import datetime
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.render import people_list
from hypermedia.cache import kept
from hypermedia.fragments import hx_partial
from hypermedia.locales import Locale, fill
from hypermedia.templates import macro
from live.presence import AWAY
from live.sequence import Changes
from rooms.commands import CommandAnswer
from rooms.models import Room
from rooms.models.message import BODY_LIMIT, PAGE_SIZE
from rooms.models.values import MessageRow
from rooms.render import quotes
from rooms.render.beside import PREFIX, beside
from rooms.render.days import top_day
from rooms.render.history import middle_id
from rooms.render.message import render_message, render_messages
from rooms.render.program_events import events_since
from rooms.render.rules import rules_html

if TYPE_CHECKING:
    from live.server_process import ServerProcess

INSERT = "upsert sort"
# The title of a room's page that somebody looks at: another one counts, too (rooms/unread/titles.py).
TITLE = "html:has(#away[value='']) title"
TITLE_OF_HISTORY = "html:has(#history) title"
# What stands in a composer about the text that was in its box; a page with an outbox has
# what it answers there.
SAID_BY_COMPOSER = "#composer-error,#composer-answer,#preview,.room:not(:has(#outbox)) #reply-to"
# What the ids of a thread's own box begin with, which the page has beside the room's.
THREADS_BOX = "answer-"
# From here on the composer says how much more a text may have.
NEARLY_FULL = BODY_LIMIT - 1000
# What a page calls a message that it sends (templates/rooms/composer.html).
PAGE_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_page(room: Room, before: int | None = None) -> tuple[list[MessageRow], bool]:
    """A page of `room`, oldest first, and whether there are older ones. One query."""
    newest = room.messages.newest(before).rows()
    return newest[:PAGE_SIZE][::-1], len(newest) > PAGE_SIZE


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A page of a room, rendered: its rows, the message before which to read on, the day it begins in.

    Whoever comes back to it comes to the message `middle`. Its times are marks, until it is filled in.
    """

    rows: SafeString
    oldest: int | str
    top_day: SafeString
    middle: int | None

    def older(self) -> str:
        """It, for a page that shows what came after it."""
        return hx_partial("#messages", INSERT, self.rows) + self._head()

    def newest(self) -> str:
        """It, in place of whatever a page shows."""
        return hx_partial("#messages", "innerHTML", self.rows) + self._head() + news_read()

    def filled(self, reader: Locale) -> "RenderedPage":
        """It, for readers in that locale."""
        return replace(
            self, rows=SafeString(fill(self.rows, reader)), top_day=SafeString(fill(self.top_day, reader))
        )

    def _head(self) -> str:
        oldest = _part("oldest", oldest=self.oldest)
        return hx_partial("#oldest", "outerHTML", oldest) + hx_partial("#top-day", "outerHTML", self.top_day)


def page_before(room: Room, people_revision: int, reader: Locale, before: int | None = None) -> RenderedPage:
    """The newest page of `room`, or the one before a message, for readers in that locale.

    Without a query, if it is as it was.
    """
    return cached_page(room.pk, room.created_at, room.revision, people_revision, reader, before)


@kept("page")
def cached_page(
    room_id: int,
    created_at: datetime.datetime,
    revision: int,
    people_revision: int,
    reader: Locale,
    before: int | None,
) -> RenderedPage:
    """A page as it was rendered at these revisions; else what read_page and render_messages ask."""
    return render_page(*read_page(Room(pk=room_id), before)).filled(reader)


def render_page(messages: list[MessageRow], more: bool, html: SafeString | None = None) -> RenderedPage:
    """These messages as a page; `more` if there are older ones, `html` if their rows are there already."""
    first = messages[0] if messages else None
    return RenderedPage(
        rows=render_messages(messages) if html is None else html,
        oldest=first.pk if first and more else "",
        top_day=top_day(first),
        middle=middle_id(messages),
    )


def _part(name: str, **context: Any) -> SafeString:
    return SafeString(get_template(f"rooms/room.html#{name}").render(context))


def message_posted(message: MessageRow) -> str:
    """A new message, for pages that show all that came before it: it goes to the end of what they show.

    To sort it in (INSERT) a browser compares it with each of the others, which takes longer than the rest.
    """
    return _new_row(message, "beforeend")


def message_missed(message: MessageRow) -> str:
    """A message, for pages that may have missed it, and may show some that came after it."""
    return _new_row(message, INSERT)


def _new_row(message: MessageRow, swap: str) -> str:
    """It, once, whether it was there or not; its author is no longer typing."""
    row = render_message(message)
    html = hx_partial(f"#message-{message.pk},#typing-{message.author_id}", "delete")
    html += hx_partial("#messages", swap, row) + _news(message)
    return html if message.thread_id is None else html + _in_its_thread(message, row)


def answer_posted(message: MessageRow) -> str:
    """A new message, for the thread that it is in and that is open beside the room."""
    return _in_its_thread(message, render_message(message))


def _in_its_thread(message: MessageRow, row: str) -> str:
    return hx_partial(f"#thread-{message.thread_id}", INSERT, beside(row, message.thread_id))


def _news(message: MessageRow) -> str:
    """A link to a new message, on the pages whose end is out of view: they count such links themselves.

    So the frame is one for all, and the server need not hear who is where; the newest link comes first.
    """
    if message.notice is not None:
        return ""
    one, several = _("new message"), _("new messages")
    link = f'<a href="#message-{message.pk}"><b>{one}</b><i>{several}</i></a>'
    return hx_partial("#news:not([hidden])", "afterbegin", link)


def news_read() -> str:
    """For a page whose end is in view, or that shows other messages now: nothing is new below."""
    return hx_partial("#news", "innerHTML")


def message_changed(message: MessageRow) -> str:
    """A message that is as it was not before: where it is on the page, and where it is quoted.

    Its row is morphed: what is selected, opened or playing in it stays so.
    """
    html = _place(message)
    if message.deleted_at is not None:
        # Nothing can be done with it any longer. What somebody writes in its place is theirs to keep.
        html += hx_partial(f"#menu:has(#menu-{message.pk})", "innerHTML")
        html += hx_partial(f"#news > [href='#message-{message.pk}']", "delete")
    return html + _quotes(message)


def _place(message: MessageRow) -> str:
    place = f"#message-{message.pk}"
    place_beside = f"#{PREFIX}{place[1:]}"
    if message.removed_at is not None:
        return hx_partial(place, "delete") + hx_partial(place_beside, "delete")
    row = render_message(message)
    row_beside = hx_partial(place_beside, "outerMorph", beside(row, message.thread_id))
    return hx_partial(place, "outerMorph", row) + row_beside + _among_pins(message)


def _among_pins(message: MessageRow) -> str:
    """For who has the list of pins open, where this one is missing or was no pin: they ask for the list.

    What is added, and is nothing, may stand several times in a frame (hypermedia/joining.py).
    """
    if message.pinned_at is None:
        return ""
    there = f"#{PREFIX}message-{message.pk}.is-pinned"
    return hx_partial(f".pins:not(:has({there})) ~ #newly-pinned", "beforeend")


def _quotes(message: MessageRow) -> str:
    return quotes.quotes_changed(message) if message.edited_at or message.deleted_at else ""


def changes_since(room: Room, since: int, most: int = PAGE_SIZE, *, for_programs: bool = True) -> Changes:
    """What happened in `room` after the revision `since`; the newest page if that is more than `most`.

    One query, or two; `for_programs` two more at most; none where nothing has. What was posted since `room`
    was read is left out: its event is still to come. What has only changed since is not: the event of the
    change does not bring a row to a page that has none.
    """
    if since == room.revision:
        return Changes(room.revision, heading(room), newest=room.posts)
    until_now = room.messages.changed_since(since).filter(first_revision__lte=room.revision)
    changed_rows = until_now[: most + 1].rows()
    # A page that saw more than there is was open while the database was restored.
    if len(changed_rows) > most or since > room.revision:
        messages, more = read_page(room)
        news = sum(1 for message in messages if message.first_revision > since and is_news(message))
        html = render_page(messages, more).newest() + heading(room)
        events = tuple(events_since(messages, 0)) if for_programs else ()
        return Changes(room.revision, html, events, news, room.posts)
    new = [one for one in changed_rows if one.first_revision > since and is_news(one)]
    return Changes(
        room.revision,
        "".join(message_change(message, since) for message in changed_rows) + heading(room),
        tuple(events_since(changed_rows, since)) if for_programs else (),
        len(new),
        room.posts,
    )


def is_news(message: MessageRow) -> bool:
    """Whether tabs count it: somebody said it, and it stands."""
    return message.deleted_at is None and message.notice is None


def message_change(message: MessageRow, since: int) -> str:
    """What a page that saw everything up to the revision `since` has to hear of `message`."""
    if message.removed_at is None and message.first_revision > since:
        return message_missed(message) + _quotes(message)
    return message_changed(message)


def heading(room: Room) -> str:
    """What a room is called and what it is about, above its messages and on the tab that is looked at.

    What a direct conversation is called is up to who looks: names change there as anywhere.
    """
    topic = hx_partial("#topic", "textContent", escape(room.topic))
    rules = rules_html(room)
    topic += hx_partial("#rules", "outerHTML", rules)
    topic += hx_partial(f"#{PREFIX}rules", "outerHTML", beside(rules))
    if room.is_direct:
        return topic
    return (
        hx_partial(".room-title", "textContent", escape(room.name))
        + hx_partial(TITLE, "textContent", escape(room.name))
        + hx_partial(TITLE_OF_HISTORY, "textContent", _("%(room)s, earlier") % {"room": escape(room.name)})
        + topic
    )


def typing_note(person: Person) -> str:
    """Somebody is writing: a note that fades by itself unless it comes again."""
    html = macro("rooms/message.html", "typing")(person)
    return hx_partial("#typing", INSERT, html)


def here_list(process: "ServerProcess", place: str) -> str:
    """The whole list of who is in the room `place`, as this process last saw it. Two queries at most."""
    here = process.here
    return people_list("here", here.get(place, set()), away=here.get(AWAY, set())).whole


def new_token() -> str:
    """A fresh token for a composer."""
    return secrets.token_urlsafe(12)


def next_token(*, was_drafted: bool = False, box: str = "") -> str:
    """For the sender alone, and a page that does not do so itself: a token for the next message, and an empty
    composer. And that the box holds no draft: the room's, or THREADS_BOX.
    """
    token = f'<input type="hidden" id="token" name="token" value="{new_token()}">'
    fresh = hx_partial("#token", "outerHTML", token) + hx_partial(SAID_BY_COMPOSER, "innerHTML")
    return fresh + draft_input("", box) if was_drafted else fresh


def message_arrived(token: str, files: Iterable[int] = ()) -> str:
    """For the sender alone, who has the message by now: what was sent with `token` is no longer on its way.

    A page from before pages had a row for that has the `files` in its composer still.
    """
    html = "".join(hx_partial(f"#attached-{pk}", "delete") for pk in files)
    return html + hx_partial(f"#sent-{token}", "delete") if is_page_token(token) else html


def message_refused(sentence: str, text: str, token: str, is_in_thread: bool = False) -> str:
    """For the sender alone: why the message was not posted, which came from a thread's box or the room's.

    The row in which the page has it returns with it to the box. A page that has no such row, from
    before there were any, gets the text as well.
    """
    refusal = get_template("rooms/composer.html#refusal")
    whole = refusal.render({"sentence": sentence, "text": text})
    if not is_page_token(token):
        return hx_partial("#composer-error", "innerHTML", whole)
    row = get_template("rooms/outbox.html#refusal").render(
        {"sentence": sentence, "text": text, "token": token, "is_in_thread": is_in_thread}
    )
    return hx_partial(f"#sent-{token} small", "innerHTML", row) + hx_partial(
        f"#live:not(:has(#sent-{token})) #composer-error", "innerHTML", whole
    )


def is_page_token(token: str) -> bool:
    """Whether a page can have made it: what else a token holds is never part of a selector."""
    return PAGE_TOKEN.fullmatch(token) is not None


def draft_input(value: str, box: str = "") -> str:
    """For the sender alone: what a box says with the next message, whether it may be a draft."""
    html = f'<input type="hidden" id="{box}drafted" name="drafted" value="{value}">'
    return hx_partial(f"#{box}drafted", "outerHTML", html)


def is_nearly_full(text: str) -> bool:
    """Whether a composer says how much more this text may have."""
    return len(text) > NEARLY_FULL


def room_left(text: str, box: str = "") -> str:
    """For the sender alone: how much more a box takes, as it counts, once its text is long."""
    left = BODY_LIMIT - len(text.encode("utf-16-le")) // 2
    said = ngettext("%(count)s character left", "%(count)s characters left", left) % {"count": f"{left:,}"}
    sentence = said if left else _("That is as long as a message may be.")
    return hx_partial(f"#{box}left", "textContent", sentence if is_nearly_full(text) else "")


def command_answer(answer: CommandAnswer) -> str:
    """For the sender alone: what a command has to say."""
    html = get_template("rooms/composer.html#answer").render({"answer": answer})
    return hx_partial("#composer-answer", "innerHTML", html)
