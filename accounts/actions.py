"""What changes people and their community: one function a verb, one transaction each."""

import datetime
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import IO, Any

from allauth.account.models import EmailAddress
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import downloads, stored_files, tasks
from accounts.appearance import classes
from accounts.models import Block, Community, Download, Person
from accounts.models.values import stored_pictures
from accounts.muting import why_muted
from accounts.pictures import BadImage, SquarePicture, square_picture
from live import sessions

# Where the data of an app keeps the number of the newest code that was used.
LAST_CODE = "last_code"
# Where a session keeps by which provider it was begun.
BY_PROVIDER = "by_provider"


class Rejected(Exception):
    """It cannot be done, for a reason that the person should read."""


@transaction.atomic
def found_community(*, name: str, username: str, email: str, password: str) -> Person:
    """Name the community of an empty site and make its first person, the owner."""
    Community.objects.get_or_create(pk=1)
    # Whoever comes second waits here, and then finds the first.
    community = Community.objects.select_for_update().get(pk=1)
    if Person.objects.exists():
        raise Rejected(_("Somebody was quicker: the community is there already."))
    community.name = name
    community.save(update_fields=["name"])
    person = Person.objects.create_superuser(username, email, password)
    if email:
        EmailAddress.objects.create(user=person, email=person.email.lower(), primary=True)
    return person


@transaction.atomic
def edit_profile(person: Person, **fields: Any) -> None:
    """Change how `person` appears to others, and when is now for them; `fields` are those of the form.

    Raises ValidationError where somebody has taken a name like that in the meantime.
    """
    for name, value in fields.items():
        setattr(person, name, value)
    Community.hold_names()
    person.clean()
    person.save(update_fields=[*fields])


def set_picture(person: Person, file: IO[bytes]) -> None:
    """Let `person` be seen as the picture in `file`. Raises Rejected with a sentence about it."""
    try:
        name = keep_picture(file)
    except BadImage as bad:
        raise Rejected(str(bad)) from None
    try:
        _change_picture(person, name)
    except BaseException:
        stored_files.remove(*stored_pictures(name))
        raise


def keep_picture(file: IO[bytes]) -> str:
    """Store the picture in `file`, small and large: what somebody's `avatar` is then. Raises BadImage."""
    picture, name = square_picture(file), new_picture_name()
    store_picture(name, picture)
    return name


def new_picture_name() -> str:
    """What a picture is stored and asked for by, that nobody guesses."""
    return secrets.token_hex(6)


def store_picture(name: str, picture: SquarePicture) -> None:
    """Store both sizes of `picture` under `name`, or neither."""
    small, large = stored_pictures(name)
    try:
        default_storage.save(small, ContentFile(picture.small))
        default_storage.save(large, ContentFile(picture.large))
    except BaseException:
        stored_files.remove(small, large)
        raise


def remove_picture(person: Person) -> None:
    """Let `person` be seen as their initials."""
    _change_picture(person, "")


@transaction.atomic
def _change_picture(person: Person, name: str) -> None:
    """Of two at once the second has the first's to forget: the row is locked."""
    before = Person.objects.select_for_update().get(pk=person.pk)
    person.avatar = name
    person.save(update_fields=["avatar"])
    stored_files.forget(*before.stored_pictures)


@transaction.atomic
def set_status(person: Person, emoji: str, text: str, until: datetime.datetime | None) -> None:
    """Say what `person` is up to, until it ends by itself; with neither an emoji nor words, nothing.

    Raises Rejected where they are muted.
    """
    if (emoji or text) and (why := why_muted(person.muted_until, person.zone)):
        raise Rejected(why)
    person.status_emoji, person.status_text = emoji, text
    person.status_until = until if emoji or text else None
    person.save(update_fields=["status_emoji", "status_text", "status_until"])


def change_appearance(person: Person, chosen: Mapping[str, str]) -> None:
    """Let pages look to `person` as they have `chosen`, by the names of accounts/appearance.py. One query."""
    person.appearance = classes(chosen)
    Person.objects.filter(pk=person.pk).update(appearance=person.appearance)


@transaction.atomic
def block(person: Person, blocked: Person) -> None:
    """Let `person` hear nothing of `blocked`. Raises Rejected."""
    if person.pk == blocked.pk:
        raise Rejected(_("You cannot block yourself."))
    Person.objects.select_for_update().get(pk=person.pk)
    Block.objects.get_or_create(person=person, blocked=blocked)
    Person.objects.filter(pk=person.pk).update(has_blocked=True)


@transaction.atomic
def unblock(person: Person, blocked: Person) -> None:
    """Let `person` hear of `blocked` again."""
    # Whoever blocks somebody at the same moment waits for this, and sets it again.
    Person.objects.select_for_update().get(pk=person.pk)
    Block.objects.filter(person=person, blocked=blocked).delete()
    Person.objects.filter(pk=person.pk).update(has_blocked=Block.objects.filter(person=person).exists())


@transaction.atomic
def begin_session(request: HttpRequest, by: Mapping[str, str] | None = None) -> None:
    """Write down where somebody has just signed in, and forget their sessions that are over.

    `by` is what a provider calls this, where one let them in: `provider`, `sub` and `sid`.
    """
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    UserSession.objects.filter(~Exists(alive), user=request.user).delete()
    UserSession.objects.create_from_request(request)
    if by is not None:
        request.session[BY_PROVIDER] = dict(by)
        _note_provider(request)


def _note_provider(request: HttpRequest) -> None:
    """Write down by which provider the session was begun, where it was: an end there finds it by that."""
    if by := request.session.get(BY_PROVIDER):
        UserSession.objects.filter(session_key=request.session.session_key).update(data=by)


@transaction.atomic
def end_provider_sessions(provider: str, *, sub: str = "", sid: str = "") -> int:
    """Sign out here whoever has signed out at `provider`, by which they came; how many sessions that were.

    With `sid` the sessions of that one there, and else all those of the person whom it calls `sub`.
    """
    begun = UserSession.objects.filter(data__provider=provider)
    if sub:
        # Few, and found by an index.
        account = SocialAccount.objects.filter(provider=provider, uid=sub).values("user")
        begun = begun.filter(user__in=account, data__sub=sub)
    if sid:
        begun = begun.filter(data__sid=sid)
    records = list(begun)
    for record in records:
        record.end()
    return len(records)


@contextmanager
def renewing_session(request: HttpRequest) -> Iterator[None]:
    """Change the password of whoever asks, and with it the key of their session, as one thing.

    Its other pages come back with the new cookie; whoever has nothing but the old one is out.
    """
    key = request.session.session_key or ""
    sessions.renew(key)
    try:
        with transaction.atomic():
            yield
            _note_provider(request)
    finally:
        if request.session.session_key == key:
            sessions.keep(key)


@transaction.atomic
def end_session(record: UserSession) -> None:
    """Sign out there; the row's deletion closes its sockets."""
    record.end()


@transaction.atomic
def end_sessions(person: Person, *, but: str | None = None) -> None:
    """Sign `person` out everywhere, but not in the session whose key is `but`."""
    for record in UserSession.objects.filter(user=person).exclude(session_key=but or ""):
        record.end()


@transaction.atomic
def use_up_code(authenticator: Authenticator, code: str) -> bool:
    """Take a right code of an app, which then, and every one before it, is none any more; whether it was one.

    RFC 6238, section 5.2: the second of two tries with one code must not be accepted. What was used is in
    the database, where no restart and no other process forgets it.
    """
    authenticator = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    secret = decrypt(authenticator.data["secret"])
    used = authenticator.data.get(LAST_CODE, -1)
    for number in yield_hotp_counters_from_time():
        if number > used and compare_user_code(
            actual=code, expected=format_hotp_value(hotp_value(secret, number))
        ):
            authenticator.data[LAST_CODE] = number
            authenticator.save(update_fields=["data"])
            return True
    return False


@transaction.atomic
def prepare_download(person: Person) -> Download:
    """Let the worker write all that `person` wrote into one file, in the place of an earlier one.

    Raises Rejected with a sentence where one is under way, or was made within a day.
    """
    # Of two at once, one is second.
    Person.objects.select_for_update().get(pk=person.pk)
    there = Download.objects.filter(person=person).first()
    if there is not None and there.is_under_way:
        raise Rejected(_("Your download is being prepared already."))
    if downloads.may_be_made_at(there):
        raise Rejected(_("A download is prepared once a day. Have the one that is there, or wait."))
    if there is not None:
        there.delete()
    download = Download.objects.create(person=person)
    transaction.on_commit(partial(tasks.let_worker, tasks.make_download, download.pk))
    return download
