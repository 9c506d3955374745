"""Messages: said, edited, taken back, read page by page, and found."""

import datetime
from typing import Annotated, Any

from ninja import Header, Query, Router, Status
from pydantic import AfterValidator, Field

from integrations.api import places
from integrations.api.bearer import ProgramRequest, Scope, call
from integrations.api.message_rows import MessageOut, shown, shown_again, shown_all
from integrations.api.values import CURSOR, LIMIT, Exact, Id, IdInPath, Slug, Text, storable
from rooms.actions.messages_delete import delete_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.messages_post import message_batcher
from rooms.actions.messages_prepare import NewMessage
from rooms.models.message import BODY_LIMIT
from rooms.search import QUERY_LIMIT, parse_query, search_messages

router = Router(tags=["Messages"])

# Files that one message names at most; the settings say how many it may have.
FILES_AT_MOST = 50
KEY_LENGTH = 200
Body = Annotated[Text, Field(max_length=BODY_LIMIT)]
KEY = Header(
    "",
    alias="Idempotency-Key",
    max_length=KEY_LENGTH,
    description="The same text with the same key is one message, however often it is sent.",
)


class MessageList(Exact):
    """A page of messages, the oldest first."""

    messages: list[MessageOut]
    older: int | None = Field(description="As `before`: the page before this one; null where there is none.")
    newer: int | None = Field(description="As `after`: the page after this one; null at the end.")


class MessageIn(Exact):
    """What is to be said."""

    text: Body = Field("", description="Markdown; it may be empty where there are files.")
    reply_to: Id | None = Field(None, description="The message that it answers.")
    files: Annotated[list[Id], Field(max_length=FILES_AT_MOST)] = Field(
        default_factory=list, description="Those that were sent for it to this room."
    )


class MessageChange(Exact):
    """What a message is to say instead."""

    text: Body
    seen: datetime.datetime | None = Field(
        None,
        description="Its `edited_at` as it was read: where it was edited since, that is a conflict (409).",
    )


class Found(Exact):
    """A page of what was found, the newest first."""

    messages: list[MessageOut]
    before: int | None = Field(description="With it the next page is asked for; null on the last one.")
    notes: list[str] = Field(description="What was not understood of the question.")


@call(router, "GET", "/rooms/{slug}/messages", Scope.READ, response=MessageList, summary="Read a room")
def list_messages(
    request: ProgramRequest,
    slug: Slug,
    before: int | None = CURSOR,
    after: int | None = CURSOR,
    limit: int = LIMIT,
) -> Any:
    """The newest page; with `before`, or `after`, the one next to that message. Three queries at most."""
    standing = places.membership(request, slug).room.messages.visible()
    if after is not None:
        found = standing.filter(pk__gt=after).order_by("pk")[: limit + 1].rows()
        rows, more = found[:limit], len(found) > limit
        older: int | None = after + 1
        newer: int | None = rows[-1].pk if more else None
    else:
        upto = standing.filter(pk__lt=before) if before is not None else standing
        found = upto.order_by("-pk")[: limit + 1].rows()
        rows, more = found[:limit][::-1], len(found) > limit
        older = rows[0].pk if more else None
        newer = rows[-1].pk if rows and before is not None else None
    return {"messages": shown_all(rows), "older": older, "newer": newer}


@call(
    router, "POST", "/rooms/{slug}/messages", Scope.WRITE, response={201: MessageOut}, summary="Say something"
)
def post_message(request: ProgramRequest, slug: Slug, said: MessageIn, key: str = KEY) -> Any:
    """Together with what others say now. Seven queries, more with files, answers and names."""
    mine = places.membership(request, slug)
    files = tuple(dict.fromkeys(said.files))
    row = message_batcher.do_in_thread(
        NewMessage(mine.pk, mine.person_id, said.text, key, said.reply_to, files)
    )
    return Status(201, shown_all([row])[0] if files else shown(row))


@call(router, "GET", "/rooms/{slug}/messages/{id}", Scope.READ, response=MessageOut, summary="One message")
def get_message(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """One that was not deleted."""
    _, message = places.message(request, slug, id)
    return shown_again(message.pk)


@call(
    router, "PATCH", "/rooms/{slug}/messages/{id}", Scope.WRITE, response=MessageOut, summary="Edit a message"
)
def patch_message(request: ProgramRequest, slug: Slug, id: IdInPath, said: MessageChange) -> Any:
    """One's own; what it said stays as a version of it."""
    mine, message = places.message(request, slug, id)
    has_seen = "seen" in said.model_fields_set
    seen = (said.seen.isoformat() if said.seen else "") if has_seen else edit_state(message)
    edit_message(mine, message, said.text, seen)
    return shown_again(message.pk)


@call(
    router, "DELETE", "/rooms/{slug}/messages/{id}", Scope.WRITE, response={204: None},
    summary="Take a message back",
)  # fmt: skip
def remove_message(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """One's own; a moderator, anybody's."""
    delete_message(*places.message(request, slug, id))
    return Status(204, None)


@call(router, "GET", "/search", Scope.READ, response=Found, summary="Search")
def search(
    request: ProgramRequest,
    q: Query[Annotated[str, Field(max_length=QUERY_LIMIT), AfterValidator(storable)]],
    before: int | None = CURSOR,
) -> Any:
    """As the page does: words, “in order”, from:name, in:room, has:file, before:2026-05-31, -without."""
    page = search_messages(request.user, parse_query(q), before, request.auth.rooms)
    notes = [str(note) for note in page.notes]
    return {"messages": shown_all(page.messages), "before": page.older, "notes": notes}
