"""Messages, as programs get them."""

import datetime
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from integrations.api.values import Exact, PersonShort
from rooms.models import Attachment, Message, Reaction
from rooms.models.values import MessageRow


class ReactionCount(Exact):
    """An emoji under a message."""

    emoji: str
    count: int


class File(Exact):
    """A file."""

    id: int
    name: str
    kind: str
    content_type: str
    size: int = Field(description="Bytes.")
    description: str


class MessageOut(Exact):
    """A message."""

    id: int
    room: str = Field(description="The room's slug.")
    revision: int = Field(description="The room's revision at its last change.")
    author: PersonShort
    shown_name: str | None = Field(description="What a hook is called in this message.")
    text: str = Field(description="As it was written, in Markdown.")
    notice: str | None = Field(description="What happened, where nobody said something.")
    is_action: bool
    posted_at: datetime.datetime
    edited_at: datetime.datetime | None
    is_deleted: bool
    is_pinned: bool
    thread: int | None = Field(description="The first message of the thread that it is in.")
    reply_to: int | None
    replies: int
    files: list[File]
    reactions: list[ReactionCount]


def shown_file(file: Attachment) -> dict[str, Any]:
    """A file, for JSON."""
    fields = ("name", "kind", "content_type", "size", "description")
    return {"id": file.pk} | {name: getattr(file, name) for name in fields}


def shown_all(rows: Sequence[MessageRow]) -> list[dict[str, Any]]:
    """Messages, for JSON, with their files and reactions. One query, another where there are files."""
    ids = [row.pk for row in rows]
    reactions: dict[int, dict[str, int]] = {}
    for given in Reaction.objects.given(ids, 1) if ids else ():
        reactions.setdefault(given.message_id, {})[given.value] = given.times
    files: dict[int | None, list[dict[str, Any]]] = {}
    with_files = [row.pk for row in rows if row.files]
    for file in Attachment.objects.filter(message__in=with_files).order_by("pk") if with_files else ():
        files.setdefault(file.message_id, []).append(shown_file(file))
    return [shown(row, files.get(row.pk, []), reactions.get(row.pk, {})) for row in rows]


def shown(
    row: MessageRow, files: Sequence[dict[str, Any]] = (), reactions: dict[str, int] | None = None
) -> dict[str, Any]:
    """A message, for JSON, with what belongs to it."""
    return {
        "id": row.pk, "room": row.slug, "revision": row.revision,
        "author": {"id": row.author_id, "username": row.username, "name": row.own_name, "is_bot": row.is_bot},
        "shown_name": row.shown_name, "text": row.body, "notice": row.notice, "is_action": row.is_action,
        "posted_at": row.posted_at, "edited_at": row.edited_at, "is_deleted": row.deleted_at is not None,
        "is_pinned": row.pinned_at is not None, "thread": row.thread_id, "reply_to": row.reply_to_id,
        "replies": row.replies, "files": list(files),
        "reactions": [{"emoji": emoji, "count": count} for emoji, count in (reactions or {}).items()],
    }  # fmt: skip


def shown_again(pk: int) -> dict[str, Any]:
    """The message as it is now. Two queries, another where it has files."""
    (found,) = shown_all(Message.objects.filter(pk=pk).rows())
    return found
