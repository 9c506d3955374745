"""Messages are edited by who wrote them."""

from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rooms import broadcasts
from rooms.access import NotFound
from rooms.actions.following import follow_named
from rooms.actions.link_previews import drop_previews, enqueue_previews, previewable_links
from rooms.actions.mentions import people_named, update_mentions
from rooms.actions.message_change import change_message
from rooms.actions.messages_prepare import ONLY_MODERATORS_CALL, clean_body, may_call_room
from rooms.actions.muting import check_may_write
from rooms.actions.rejected import Rejected, refuse_archived
from rooms.actions.votes import drop_votes
from rooms.commands import action_in
from rooms.markup import render_markup
from rooms.models import Membership, Message, Version
from rooms.polls import poll_in

NOT_YOURS = gettext_lazy("Only who wrote a message can edit it.")


class EditConflict(Rejected):
    """The message was edited meanwhile; `there` is as it is now."""

    def __init__(self, there: Message) -> None:
        super().__init__(
            _("This message was edited meanwhile. Save once more to put your text in its place.")
        )
        self.there = there


def edit_message(membership: Membership, message: Message, text: str, seen: str) -> None:
    """Put `text` in the place of what one's own message says; what it said stays as a version of it.

    `seen` is what `edit_state` gave when the text was taken to be edited. Raises Rejected with a sentence,
    EditConflict where somebody was faster, NotFound where the message is no longer there.
    """
    if message.author_id != membership.person_id:
        raise Rejected(NOT_YOURS)
    refuse_archived(membership.room)
    check_may_write(membership.person)
    body = clean_body(text, may_be_empty=message.files > 0)
    # What it says already was saved, perhaps by this very edit, whose answer was lost.
    if body != message.body:
        _edit(message, body, seen)


def edit_state(message: Message) -> str:
    """What changes with the text of a message, and with nothing else about it."""
    return message.edited_at.isoformat() if message.edited_at else ""


@transaction.atomic
def _edit(message: Message, body: str, seen: str) -> None:
    row = change_message(message, partial(_rewrite, message, body, seen), tell=broadcasts.message_edited)
    transaction.on_commit(partial(enqueue_previews, [row]), robust=True)


def _check_call(message: Message) -> None:
    """Raise Rejected where its author may not call everybody. One query."""
    places = Membership.objects.filter(room=message.room_id, person=message.author_id)
    authors = Membership.objects.authors(places.values_list("pk", flat=True))
    if not all(may_call_room(author) for author in authors.values()):
        raise Rejected(ONLY_MODERATORS_CALL)


def refuse_endless_edits(message: Message) -> None:
    """Raise Rejected where a message has as many earlier texts as one may: all of them are kept."""
    most = settings.EDITS_PER_MESSAGE
    if most and message.edited_at and message.versions.count() >= most:
        raise Rejected(
            _("This message was edited %(most)d times, as often as one may. Write a new one.")
            % {"most": most}
        )


def _rewrite(message: Message, body: str, seen: str) -> dict[str, object]:
    """Keep what the message said as a version of it; the values with which it says `body`."""
    there = Message.objects.undeleted().select_related("author").filter(pk=message.pk).first()
    if there is None:
        raise NotFound
    if seen != edit_state(there):
        raise EditConflict(there)
    refuse_endless_edits(there)
    written_at = there.edited_at or there.posted_at
    Version.objects.create(message=there, body=there.body, html=there.html, written_at=written_at)
    is_action, words = action_in(body)
    people = people_named([(there.room_id, body)]).get(there.room_id, {})
    rendered = render_markup(words, people)
    if rendered.calls == Message.Calls.ROOM != there.calls:
        _check_call(there)
    had_called, there.calls = there.calls == Message.Calls.ROOM, rendered.calls
    update_mentions(there, rendered.named, had_called=had_called)
    follow_named(there, sorted({*rendered.named} - {there.author_id}))
    drop_previews(there, previewable_links(rendered.html))
    if poll_in(there.body):
        drop_votes(there, poll_in(body))
    return {
        "body": body, "html": rendered.html, "calls": rendered.calls, "links": len(rendered.links),
        "is_action": is_action, "edited_at": timezone.now(), "edited_revision": message.revision,
    }  # fmt: skip
