"""What somebody said in a room, as a page that is read without us: no script, and nothing from elsewhere."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from urllib.parse import quote

from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.archive import style
from accounts.models import Person
from rooms.markup.own_words import with_own_words
from rooms.models import Attachment, Message

# Where the pages of rooms find what lies beside their folder.
BESIDE = "../"


def head(title: str, person: Person, page: int, former: str) -> str:
    """The beginning of a page: the part `page` of what `person` said in the room called `title`."""
    context = {
        "title": title,
        "person": person,
        "page": page,
        "former": former,
        "style": style(),
        "zone": timezone.get_current_timezone(),
    }
    return _part("head", context)


def rows(
    person: Person,
    messages: Sequence[Message],
    files: Collection[tuple[Attachment, str]],
    before: Message | None,
) -> Iterator[str]:
    """Each of `messages`, which `person` wrote, under its day, unless that of `before` is the same.

    With those of `files` that are its own, each with the name that it has in the archive; none where it is
    lost.
    """
    known = before and timezone.localdate(before.posted_at)
    for day, those in groupby(messages, key=lambda message: timezone.localdate(message.posted_at)):
        shown = [
            {
                "message": message,
                "html": SafeString(with_own_words(message.html)),
                "files": [
                    {"file": file, "address": name and BESIDE + quote(name)}
                    for file, name in files
                    if file.message_id == message.pk
                ],
            }
            for message in those
        ]
        yield _part("day", {"person": person, "day": day, "is_new": day != known, "messages": shown})


def foot(following: str) -> str:
    """The end of a page; `following` is the address of the one after it, or empty."""
    return _part("foot", {"following": following})


def _part(part: str, context: dict[str, object]) -> str:
    return get_template(f"rooms/archive.html#{part}").render(context)
