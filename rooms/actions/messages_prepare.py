"""What somebody wants to say becomes a message that can be stored, or a sentence that says why not."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from live.frames import storage_problem
from rooms.access import NotFound, author_moderates, why_not_write
from rooms.actions.muting import check_author
from rooms.actions.rejected import Rejected
from rooms.actions.uploads import PendingUpload, take_uploads
from rooms.commands import action_in, expand_shrug
from rooms.markup import RenderedMarkup, render_markup
from rooms.models import Message, Room
from rooms.models.message import BODY_LIMIT
from rooms.models.values import AuthorRef

ONLY_MODERATORS_CALL = gettext_lazy("Only a moderator of this room can call everybody with @room.")


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What the person with the id `person_id` wants to say, in the room of one of their memberships.

    The same text with the same `token` is the message that it already was. `reply_to` is the id of the
    message that it answers, `attachments` are those of files that its author has uploaded for it, some of
    which have `descriptions`. With `is_drafted` it may be what the author has as a draft, which is forgotten;
    with `box` in the box of a thread, whose first message has that id. A hook may say what it is called in
    this message, `shown_name`, and which emoji stands for it, `shown_icon`, or which picture that is kept,
    `shown_picture`; what it may do there is what its `sponsor` may, somebody with the membership of that id,
    and nothing once they are gone. Its `buttons` stand below the message.
    """

    membership_id: int
    person_id: int
    text: str
    token: str = ""
    reply_to: int | None = None
    attachments: tuple[int, ...] = ()
    is_drafted: bool = False
    descriptions: Mapping[int, str] = MappingProxyType({})
    box: int | None = None
    shown_name: str = ""
    shown_icon: str = ""
    shown_picture: str = ""
    sponsor: int | None = None
    buttons: tuple[str, ...] = ()


@dataclass(slots=True)
class PreparedMessage:
    """A message that is about to be stored, and what goes with it."""

    message: Message
    author: AuthorRef
    # Whose rights hold: the author's, or those of who answers for a hook.
    sponsor: AuthorRef
    wanted: NewMessage
    marked: RenderedMarkup
    files: Sequence[int]


def prepare_message(
    one: NewMessage,
    authors: Mapping[int, AuthorRef],
    people: Mapping[int, Mapping[str, int]],
    answered: Mapping[int, Message],
    waiting: dict[int, PendingUpload],
) -> PreparedMessage | Exception:
    """The message that `one` will be, or why it cannot be one; `authors` are those of its memberships."""
    author = authors.get(one.membership_id)
    sponsor = author if one.sponsor is None else authors.get(one.sponsor)
    if author is None or author.author_id != one.person_id:
        return NotFound()
    if sponsor is None or sponsor.room_id != author.room_id:
        return NotFound()
    if why := why_not_write(sponsor):
        return Rejected(why)
    try:
        check_author(author)
        check_author(sponsor)
    except Rejected as muted:
        return muted
    parent = answered.get(one.reply_to) if one.reply_to else None
    if one.reply_to and (parent is None or parent.room_id != author.room_id):
        return Rejected(_("The message that you answer is no longer there."))
    try:
        body = clean_body(one.text, may_be_empty=bool(one.attachments))
        token = token_digest(one.token, author.room_id, body, one.attachments)
        files = take_uploads(
            one.attachments, waiting, room_id=author.room_id, person_id=author.author_id, token=token
        )
        clean_body(body, may_be_empty=bool(files))
    except Rejected as rejected:
        return rejected
    is_action, text = action_in(body)
    words = render_markup(text, people.get(author.room_id, {}))
    if words.calls == Message.Calls.ROOM and not may_call_room(sponsor):
        return Rejected(ONLY_MODERATORS_CALL)
    message = Message(
        room_id=author.room_id, author_id=author.author_id, body=body, html=words.html, calls=words.calls,
        links=len(words.links), is_action=is_action, reply_to=parent,
        token=token, files=len(files),
        thread_id=(parent.thread_id or parent.pk) if parent else None,
        shown_name=one.shown_name or None, shown_icon=one.shown_icon or None,
        shown_picture=one.shown_picture or None,
        buttons="\n".join(one.buttons) or None,
    )  # fmt: skip
    return PreparedMessage(message, author, sponsor, one, words, files)


def clean_body(text: str, *, may_be_empty: bool = False) -> str:
    """`text` as it is stored. Raises Rejected with a sentence."""
    body = expand_shrug(text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip())
    if not may_be_empty and all(
        character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in body
    ):
        raise Rejected(_("There is nothing in that message yet."))
    if len(body) > BODY_LIMIT:
        raise Rejected(
            _("That message has %(count)s characters; %(most)s is the most.")
            % {"count": f"{len(body):,}", "most": f"{BODY_LIMIT:,}"}
        )
    if why := storage_problem(body):
        raise Rejected(why)
    return body


def may_call_room(author: AuthorRef) -> bool:
    """Whether somebody may call everybody in a room with @room."""
    return author.who_calls == Room.Who.MEMBERS or author_moderates(author)


def token_digest(token: str, room_id: int, body: str, files: Sequence[int] = ()) -> str | None:
    """What makes the same text and files, sent with the same token to the same room, one message."""
    if not token:
        return None
    said = f"{token}\n{room_id}\n{','.join(map(str, files))}\n{body}"
    return hashlib.sha256(said.encode()).hexdigest()
