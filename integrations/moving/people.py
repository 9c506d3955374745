"""People of an archive: those who are here, by a confirmed address, and placeholders for the others."""

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models.functions import Lower

from accounts import lookalikes
from accounts.actions import keep_picture
from accounts.models import Person
from accounts.models.values import zone_called
from accounts.pictures import BadImage
from accounts.plain_text import clean_line, shortened
from accounts.roles import Role
from integrations.models import ImportSource, Placeholder
from integrations.moving import known
from integrations.moving.files import UNREADABLE, Opened
from integrations.moving.records import PersonRecord
from integrations.moving.report import Report
from rooms.markup.people import CALLS

USERNAME_LENGTH = 40
# Bytes of a picture of somebody.
MOST_OF_A_PICTURE = 10 * 1024 * 1024
NO_PART_OF_A_USERNAME = re.compile(r"[^A-Za-z0-9._-]+")
NAMELESS = "somebody"
# Our own archive is of a place like this one: who is in it keeps their name where it is free.
OURS = "parley"


@dataclass(frozen=True, slots=True)
class MovedPerson:
    """What somebody in an archive is here."""

    pk: int
    username: str


class People:
    """All people of one archive, by their ids there."""

    def __init__(self, source: ImportSource, report: Report) -> None:
        self.source, self.report = source, report
        # By the archive's id, and the archive's usernames, in small letters.
        self.by_id: dict[str, MovedPerson] = {}
        self.by_name: dict[str, MovedPerson] = {}
        # The pictures that are kept for those who are about to be made.
        self._pictures: dict[str, str] = {}
        here = known.all_known(source, known.Kind.PERSON)
        names = Person.objects.in_bulk(list(here.values()), field_name="pk") if here else {}
        self._before = {
            theirs: MovedPerson(pk, names[pk].username) for theirs, pk in here.items() if pk in names
        }
        # What refers to somebody who is gone here.
        self._stale = here.keys() - self._before.keys()

    def keep_pictures(self, records: Iterable[PersonRecord], opened: Opened) -> None:
        """Keep the pictures of those who may be new, before the transaction that makes them."""
        for one in records:
            is_known = one.id in self.by_id or known.stored_key(one.id) in self._before
            if one.picture and not is_known and (file := opened(one.picture)):
                with file as picture, suppress(BadImage, *UNREADABLE):
                    self._pictures[one.id] = keep_picture(io.BytesIO(picture.read(MOST_OF_A_PICTURE)))

    def take(self, records: Sequence[PersonRecord]) -> None:
        """Match or make these people, inside a transaction. Seven queries at most."""
        new = list({one.id: one for one in records if one.id not in self.by_id}.values())
        missing = []
        for one in new:
            there = self._before.get(known.stored_key(one.id))
            if there:
                self._note(one, there)
            else:
                missing.append(one)
        if missing:
            self._match_or_make(missing)

    def _match_or_make(self, missing: Sequence[PersonRecord]) -> None:
        matched = _by_address(one.email for one in missing)
        for one in missing:
            if there := matched.get(_address(one.email)):
                self._note(one, there)
        placed = [one for one in missing if one.id not in self.by_id]
        self.report.came["matched"] += len(missing) - len(placed)
        self._make(placed)
        stale = [known.stored_key(one.id) for one in missing if known.stored_key(one.id) in self._stale]
        if stale:
            self.source.records.filter(kind=known.Kind.PERSON, theirs__in=stale).delete()
        moved = {known.stored_key(one.id): self.by_id[one.id].pk for one in missing}
        known.note(self.source, known.Kind.PERSON, moved.items())

    def _make(self, records: Sequence[PersonRecord]) -> None:
        if not records:
            return
        people = []
        for one, username in zip(records, self._usernames(records), strict=True):
            people.append(placeholder_of(one, username, self.source.program))
            people[-1].avatar = self._pictures.pop(one.id, "")
        Person.objects.bulk_create(people)
        Placeholder.objects.bulk_create(
            [
                Placeholder(person=person, email=_address(one.email))
                for person, one in zip(people, records, strict=True)
            ]
        )
        for one, person in zip(records, people, strict=True):
            self._note(one, MovedPerson(person.pk, person.username))
        self.report.came["placeholders"] += len(people)

    def _note(self, one: PersonRecord, there: MovedPerson) -> None:
        self.by_id[one.id] = there
        if one.username:
            self.by_name.setdefault(one.username.lower(), there)

    def _usernames(self, records: Sequence[PersonRecord]) -> list[str]:
        """A free username for each."""
        suffix = "" if self.source.program == OURS else f"-{self.source.program}"
        stems = [_stem(one) for one in records]
        taken = _taken(stems)
        names = []
        for stem in stems:
            number = 1
            name = _fitting(stem, suffix)
            while name.lower() in taken or lookalikes.is_reserved(name) or name.lower() in CALLS:
                number += 1
                name = _fitting(stem, f"{suffix or '-' + OURS}{'' if number == 2 and not suffix else number}")
            taken.add(name.lower())
            names.append(name)
        return names


def placeholder_of(one: PersonRecord, username: str, program: str) -> Person:
    """Somebody as whom nobody signs in, not stored yet; what they may elsewhere they may not here."""
    name = one.display_name or one.username
    return Person(
        username=username,
        display_name=shortened(clean_line(name), 60) or username,
        pronouns=shortened(clean_line(one.pronouns), 40),
        title=shortened(clean_line(one.title), 80),
        about=one.about.replace("\x00", "")[:1000],
        time_zone=one.time_zone if zone_called(one.time_zone) else "",
        role=Role.GUEST if one.role == "guest" else Role.MEMBER,
        is_bot=one.is_bot,
        is_active=False,
        imported_from=program,
        password=make_password(None),
    )


def _address(email: str) -> str:
    email = email.strip().lower()
    return email if "@" in email and len(email) <= 254 and email.isprintable() else ""


def _by_address(emails: Iterable[str]) -> dict[str, MovedPerson]:
    """Who is here under these addresses: who has confirmed one, and who waits for who will. Two queries."""
    wanted = {address for email in emails if (address := _address(email))}
    if not wanted:
        return {}
    waiting = Placeholder.objects.filter(email__in=wanted)
    found = {
        email: MovedPerson(pk, username)
        for email, pk, username in waiting.values_list("email", "person", "person__username")
    }
    confirmed = EmailAddress.objects.filter(email__in=wanted, verified=True)
    for email, pk, username in confirmed.values_list("email", "user", "user__username"):
        found[email] = MovedPerson(pk, username)
    return found


def _stem(one: PersonRecord) -> str:
    """What a username is made of: that of theirs, in plain letters."""
    text = one.username or one.display_name or one.id
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return NO_PART_OF_A_USERNAME.sub("-", plain).strip("-.") or NAMELESS


def _fitting(stem: str, end: str) -> str:
    return stem[: USERNAME_LENGTH - len(end)].rstrip("-.") + end


def _taken(stems: Iterable[str]) -> set[str]:
    """The usernames that there are, in small letters. One query for all: there are as many as people."""
    if not stems:
        return set()
    return set(Person.objects.annotate(lowered=Lower("username")).values_list("lowered", flat=True))
