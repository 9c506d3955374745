"""Quiet lines in a room: what happened to it, and by whom."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from database.rows import pairs_in, paths_of_pair
from hypermedia.templates import macro
from rooms.models import Message, Noticed
from rooms.models.values import MessageRow, NoticePlace, PersonRef
from rooms.render.names import listed

# So many are called by name.
NAMED = 10

Notice = Message.Notice
# Who did it is the first gap of each; `people` are those to whom it was done, `words` what is said now.
SENTENCES: dict[str, str | Promise] = {
    Notice.ADDED: _("%(person)s added %(people)s"),
    Notice.REMOVED: _("%(person)s removed %(people)s"),
    Notice.LEFT: _("%(person)s left"),
    Notice.JOINED: _("%(person)s joined"),
    Notice.RENAMED: _("%(person)s renamed the room to %(words)s"),
    Notice.TOPIC: _("%(person)s changed the topic to %(words)s"),
    Notice.OPENED: _("%(person)s opened the room to everybody"),
    Notice.CLOSED: _("%(person)s closed the room: people are added by its members"),
    Notice.ARCHIVED: _("%(person)s archived the room: it can be read, and nothing more"),
    Notice.REVIVED: _("%(person)s took the room out of the archive"),
}
NO_TOPIC = _("%(person)s took the topic away")


def render_for(messages: Sequence[MessageRow]) -> dict[int, SafeString]:
    """What each of `messages` that is a quiet line says, by its id. One query, or none."""
    lines = [message for message in messages if message.notice]
    if not lines:
        return {}
    found = Noticed.objects.filter(message__in=[line.pk for line in lines]).order_by("pk")
    people: dict[int, list[PersonRef]] = {}
    for place, person in pairs_in(
        NoticePlace, PersonRef, found.values_list(*paths_of_pair(NoticePlace, PersonRef))
    ):
        people.setdefault(place.message_id, []).append(person)
    return {line.pk: _sentence(line, people.get(line.pk, [])) for line in lines}


def _sentence(line: MessageRow, people: Sequence[PersonRef]) -> SafeString:
    """What a quiet line says; `people` are those to whom it was done."""
    name, said = macro("rooms/notice.html", "name"), macro("rooms/notice.html", "said")
    is_away = line.notice == Notice.TOPIC and not line.html
    sentence = NO_TOPIC if is_away else SENTENCES.get(line.notice or "", "%(person)s")
    values = {
        "person": name(line.author_id, line.name, line.colour),
        "people": _names([name(one.pk, one.name, one.colour) for one in people]),
        "words": said(line.html),
    }
    return SafeString(escape(str(sentence)) % values)


def _names(names: list[SafeString]) -> str:
    """The first of them, and how many more there are."""
    shown: list[str] = [*names[:NAMED]]
    if beyond := len(names) - len(shown):
        shown.append(ngettext("%(number)d other", "%(number)d others", beyond) % {"number": beyond})
    return listed(shown) if shown else ""
