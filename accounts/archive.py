"""All that one person wrote, as one zip: written member by member, whatever its size.

What other apps have of a person they add themselves: see `parts`.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from accounts.devices import device_of
from accounts.models import Block, Community, Person

# Bytes that are copied at once.
COPIED_AT_ONCE = 256 * 1024
# What a page looks like that is read without us: these sheets are written into each.
SHEETS = ("tokens", "prose", "archive")


class Chapter(NamedTuple):
    """A page in the archive, as the first page names it: what it is about, where it is, how much is there."""

    title: str
    address: str
    note: str = ""


class Archive:
    """A zip that is being written. `progress` is told after each step how much was written with it."""

    def __init__(self, file: IO[bytes], progress: Callable[[int], None]) -> None:
        self.progress = progress
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)

    def close(self) -> None:
        """Write the list of what is in it: before, it is no zip."""
        self._zip.close()

    @contextmanager
    def member(self, name: str, *, compressed: bool = True) -> Iterator[IO[bytes]]:
        """A file in it, to write to; one at a time."""
        info = zipfile.ZipInfo(name, timezone.localtime().timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        # How long it will be is not known.
        with self._zip.open(info, "w", force_zip64=True) as file:
            yield file

    def write(self, name: str, text: str) -> None:
        """A file with `text`."""
        with self.member(name) as file:
            file.write(text.encode(errors="replace"))

    def write_json(self, name: str, value: object) -> None:
        """A file with a value, to read by people and by programs."""
        self.write(name, json.dumps(value, indent=2, ensure_ascii=False, default=as_json) + "\n")

    @contextmanager
    def json_list(self, name: str) -> Iterator[Callable[[object], None]]:
        """A file with a list of any length: the function that is given writes one value, a line each."""
        with self.member(name) as file:
            between = "[\n"

            def put(value: object) -> None:
                nonlocal between
                line = between + json.dumps(value, ensure_ascii=False, default=as_json)
                file.write(line.encode(errors="replace"))
                between = ",\n"

            yield put
            file.write(("[]\n" if between == "[\n" else "\n]\n").encode())

    def copy(self, name: str, stored_name: str) -> bool:
        """A file that is stored here; whether it is there."""
        try:
            stored = default_storage.open(stored_name, "rb")
        except FileNotFoundError:
            return False
        # Pictures, film and the like do not become smaller.
        with stored, self.member(name, compressed=False) as file:
            while part := stored.read(COPIED_AT_ONCE):
                file.write(part)
        return True


# What other apps have: how much there is of somebody, as `progress` counts it; and a function that writes it.
sizes: list[Callable[[Person], int]] = []
parts: list[Callable[[Archive, Person], list[Chapter]]] = []


def as_json(value: Any) -> Any:
    """A time as others read it."""
    return value.isoformat()


def for_programs() -> AbstractContextManager[None]:
    """What is said meanwhile is in English: programs read the files of JSON, whoever they are of."""
    return translation.override(None)


@cache
def style() -> SafeString:
    """The style of a page in an archive."""
    found = [finders.find(f"css/{sheet}.css") for sheet in SHEETS]
    return SafeString("\n".join(Path(str(path)).read_text() for path in found))


def size_of(person: Person) -> int:
    """How much there is to write of `person`."""
    return sum(size(person) for size in sizes)


@contextmanager
def written_of(person: Person, progress: Callable[[int], None]) -> Iterator[IO[bytes]]:
    """A file with all of it, which is nowhere any longer when it is closed, or this process has died."""
    with archive_file(progress, lambda archive: _write_all_of(archive, person)) as file:
        yield file


@contextmanager
def archive_file(progress: Callable[[int], None], write: Callable[[Archive], None]) -> Iterator[IO[bytes]]:
    """A file with the archive that `write` writes; nowhere any longer when it is closed."""
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    # Where there is room for files; under no name.
    with tempfile.TemporaryFile(dir=settings.MEDIA_ROOT) as file:
        archive = Archive(file, progress)
        write(archive)
        archive.close()
        file.seek(0)
        yield file


def _write_all_of(archive: Archive, person: Person) -> None:
    chapters = [chapter for write in parts for chapter in write(archive, person)]
    _write_profile(archive, person, chapters)


def _write_profile(archive: Archive, person: Person, chapters: list[Chapter]) -> None:
    with for_programs():
        profile = profile_of(person)
    archive.write_json("profile.json", profile)
    context = {
        "person": person, "profile": profile, "chapters": chapters, "style": style(), "now": timezone.now(),
        "community": Community.current(), "zone": timezone.get_current_timezone(),
    }  # fmt: skip
    archive.write("index.html", get_template("accounts/archive.html").render(context))


def profile_of(person: Person) -> dict[str, Any]:
    """What is known of `person` besides what they wrote. Five queries at most."""
    addresses = EmailAddress.objects.filter(user=person).order_by("-primary", "pk")
    sessions = UserSession.objects.filter(user=person).order_by("-created_at")
    return {
        "username": person.username,
        "display_name": person.display_name,
        "pronouns": person.pronouns,
        "title": person.title,
        "about": person.about,
        "status": {"emoji": person.status_emoji, "text": person.status_text, "until": person.status_until},
        "blocked": list(
            Person.objects.filter(pk__in=Block.objects.blocked_by(person)).values_list("username", flat=True)
        ),
        "time_zone": person.time_zone,
        "colour": person.hue,
        "joined_at": person.date_joined,
        "last_signed_in_at": person.last_login,
        "role": person.role,
        "addresses": [
            {"address": one.email, "confirmed": one.verified, "main": one.primary} for one in addresses
        ],
        "signs_in_with": [
            {"provider": one.provider, "number": one.uid, "told": one.extra_data, "since": one.date_joined}
            for one in SocialAccount.objects.filter(user=person).order_by("pk")
        ],
        "sessions": [
            {"device": device_of(one.user_agent), "from": one.ip, "since": one.created_at} for one in sessions
        ],
    }
