"""Files come, go with messages, and go."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Case, Value, When
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import MEGABYTE, Community
from accounts.pictures import BadImage
from accounts.plain_text import clean_line, shortened
from rooms.actions.muting import check_may_write
from rooms.actions.rejected import Rejected, refuse_archived
from rooms.files import images, types
from rooms.files.names import clean_name, with_end
from rooms.models import Attachment, Membership, Message, Scheduled

# Files of one person that wait for a message: more than anybody has in hand.
WAITING_LIMIT = 50
# How long they may wait for it.
KEPT_WAITING = datetime.timedelta(days=1)
# Characters that describe a picture, a film, a sound.
DESCRIPTION_LIMIT = 300
# Files that are swept in one transaction.
SWEPT_AT_ONCE = 200
# What people call pictures that are written in another format than the name says.
PICTURE_ENDS = {"jpg", "jpeg", "jpe", "jfif", "png", "apng", "gif", "webp", "avif"}


# -- They come ---------------------------------------------------------------------------


def keep_upload(membership: Membership, uploaded: UploadedFile) -> Attachment:
    """Keep a file for a message that is still to be posted. Raises Rejected with a sentence about it."""
    refuse_archived(membership.room)
    check_may_write(membership.person)
    name, limits = clean_name(uploaded.name or ""), Limits.of(Community.current())
    try:
        attachment, content, thumbnail = _looked_at(name, uploaded, limits.file)
    except BadImage as bad:
        raise Rejected(bad.of(name)) from None
    share = Attachment.objects.share_of(membership.person_id)
    if share.waiting >= WAITING_LIMIT:
        raise Rejected(
            _("%(name)s is one too many: %(number)d files of yours wait for a message already.")
            % {"name": name, "number": WAITING_LIMIT}
        )
    if limits.person and share.size + attachment.size > limits.person:
        raise Rejected(
            _(
                "%(name)s does not fit: your files have %(size)s, and %(most)s is the most. Delete messages"
                " with files first."
            )
            % {"name": name, "size": filesizeformat(share.size), "most": filesizeformat(limits.person)}
        )
    if limits.site and Attachment.objects.size_of_all() + attachment.size > limits.site:
        raise Rejected(
            _(
                "%(name)s does not fit: all files here together may have %(most)s, and that is used up. Tell"
                " an administrator."
            )
            % {"name": name, "most": filesizeformat(limits.site)}
        )
    attachment.room_id, attachment.uploader_id = membership.room_id, membership.person_id
    return _stored(attachment, content, thumbnail)


def keep_moved_file(uploaded: UploadedFile, room_id: int, uploader_id: int, description: str) -> Attachment:
    """Keep a file that came with an archive, for a message that is still to be stored. Raises Rejected.

    It is looked at as any other; how many files its owner has does not count, for they brought none.
    """
    name, limits = clean_name(uploaded.name or ""), Limits.of(Community.current())
    try:
        attachment, content, thumbnail = _looked_at(name, uploaded, limits.file)
    except BadImage as bad:
        raise Rejected(bad.of(name)) from None
    attachment.room_id, attachment.uploader_id = room_id, uploader_id
    attachment.description = line_said(description)
    return _stored(attachment, content, thumbnail)


class Limits(NamedTuple):
    """How many bytes a file, the files of a person, and those of the whole site may have; 0 is any."""

    file: int
    person: int
    site: int

    @classmethod
    def of(cls, community: Community) -> "Limits":
        """What administrators said, within what the operator's settings allow."""
        file, person, site = (
            (megabytes or 0) * MEGABYTE
            for megabytes in (community.file_limit_mb, community.person_share_mb, community.site_share_mb)
        )
        return cls(
            min(file or settings.FILE_LIMIT, settings.FILE_LIMIT), person or settings.UPLOAD_QUOTA, site
        )


def upload_files(
    membership: Membership, uploaded: Sequence[UploadedFile], *, held: int
) -> tuple[list[Attachment], list[str]]:
    """Keep what can be kept of `uploaded`, and say of the rest why not.

    The composer holds so many files already.
    """
    left = max(0, settings.FILES_PER_MESSAGE - held)
    kept: list[Attachment] = []
    problems: list[str] = []
    for file in uploaded[:left]:
        try:
            kept.append(keep_upload(membership, file))
        except Rejected as rejected:
            problems.append(str(rejected))
    if (beyond := len(uploaded) - left) > 0:
        sentence = ngettext(
            "A message takes %(most)d files at most: %(number)d was left out.",
            "A message takes %(most)d files at most: %(number)d were left out.",
            beyond,
        )
        problems.append(sentence % {"most": settings.FILES_PER_MESSAGE, "number": beyond})
    return kept, problems


def _looked_at(name: str, uploaded: UploadedFile, most: int) -> tuple[Attachment, File, File | None]:
    """What the file is, with its content and its thumbnail as they are to be stored."""
    size = uploaded.size or 0
    if not size:
        raise Rejected(_("%(name)s is empty.") % {"name": name})
    if size > most:
        raise Rejected(
            _("%(name)s has %(size)s; %(most)s is the most.")
            % {"name": name, "size": filesizeformat(size), "most": filesizeformat(most)}
        )
    content_type = types.type_of(uploaded.read(types.BEGINNING))
    uploaded.seek(0)
    if types.is_disguised(name, content_type):
        raise Rejected(_("%(name)s is not what its name says.") % {"name": name})
    if not types.is_taken(content_type, settings.FILE_TYPES):
        raise Rejected(
            _("%(name)s is of a kind that is not taken here: %(kind)s.")
            % {"name": name, "kind": types.kind_name(content_type)}
        )
    if content_type in types.PICTURES:
        return _picture(name, uploaded)
    kind = content_type.partition("/")[0] if content_type in types.PLAYED.values() else "file"
    return Attachment(name=name, kind=kind, content_type=content_type, size=size), uploaded, None


def _picture(name: str, uploaded: UploadedFile) -> tuple[Attachment, File, File]:
    picture = images.reencode(uploaded)
    attachment = Attachment(
        name=with_end(name, picture.extension, PICTURE_ENDS), kind=Attachment.Kind.IMAGE,
        content_type=picture.content_type, size=len(picture.content), width=picture.width,
        height=picture.height,
    )  # fmt: skip
    return attachment, ContentFile(picture.content), ContentFile(picture.thumbnail)


def _stored(attachment: Attachment, content: File, thumbnail: File | None) -> Attachment:
    """Write the row, then the files: whatever happens in between, no file is there that no row names."""
    place = uuid.uuid4().hex
    attachment.file.name = f"{place[:2]}/{place}"
    if thumbnail:
        attachment.thumbnail.name = f"{place[:2]}/{place}-thumbnail"
    attachment.save()
    try:
        default_storage.save(attachment.file.name, content)
        if thumbnail:
            default_storage.save(attachment.thumbnail.name, thumbnail)
    except BaseException:
        attachment.delete()
        raise
    return attachment


# -- They go with messages ---------------------------------------------------------------


class PendingUpload(NamedTuple):
    """A file that somebody names for a message: whose it is, where, and in which message it is already."""

    pk: int
    uploader_id: int
    room_id: int
    message_id: int | None
    token: str | None


def pending_uploads(ids: Iterable[int]) -> dict[int, PendingUpload]:
    """The files with these ids that are there, by id, kept until the transaction ends. One query, or none."""
    wanted = set(ids)
    if not wanted:
        return {}
    found = Attachment.objects.select_for_update(of=("self",)).filter(pk__in=wanted, scheduled__isnull=True)
    values = found.order_by("pk").values_list("pk", "uploader_id", "room_id", "message_id", "message__token")
    return {one.pk: one for one in map(PendingUpload._make, values)}


def take_uploads(
    ids: Sequence[int], files: dict[int, PendingUpload], *, room_id: int, person_id: int, token: str | None
) -> list[int]:
    """Take those of `ids` from `files` that still wait for a message of that person in that room.

    What is in a message already came with an earlier frame: it is left out, unless that was the same
    frame. Raises Rejected with a sentence when there are too many, and when one is gone or not theirs.
    """
    if len(ids) > settings.FILES_PER_MESSAGE:
        raise Rejected(
            _("A message takes %(most)d files at most; that are %(number)d.")
            % {"most": settings.FILES_PER_MESSAGE, "number": len(ids)}
        )
    mine = [files[pk] for pk in ids if pk in files]
    if len(mine) < len(ids) or any((one.room_id, one.uploader_id) != (room_id, person_id) for one in mine):
        raise Rejected(_("A file that you attached is no longer there. Remove it, and attach it again."))
    taken = [one.pk for one in mine if one.message_id is None or (token and one.token == token)]
    files.update({pk: files[pk]._replace(message_id=0, token=token) for pk in taken})
    return taken


def attach_uploads(files: Sequence[tuple[Message, Sequence[int], Mapping[int, str]]]) -> None:
    """Give each message the files that its author uploaded for it, as described there. One query, or none."""
    taken = {pk: message.pk for message, ids, _ in files for pk in ids}
    if taken:
        message = Case(*(When(pk=pk, then=Value(message)) for pk, message in taken.items()))
        said = {pk: words[pk] for _, ids, words in files for pk in ids if pk in words}
        Attachment.objects.filter(pk__in=taken, message__isnull=True).update(
            message=message, **{"description": _said_of(said)} if said else {}
        )


def describe_uploads(membership: Membership, words: Mapping[int, str]) -> None:
    """Note what a member says of files that wait for a message of theirs. One query, or none."""
    if words:
        mine = Attachment.objects.unsent().filter(room=membership.room_id, uploader=membership.person_id)
        mine.filter(pk__in=words).update(description=_said_of(words))


def keep_for_later(scheduled: Scheduled, files: Sequence[int], words: Mapping[int, str]) -> None:
    """Let these files wait, as described, for a message that is to be sent later. One query, or none."""
    if files:
        Attachment.objects.filter(pk__in=files).update(scheduled=scheduled, description=_said_of(words))


def _said_of(words: Mapping[int, str]) -> Case:
    return Case(*(When(pk=pk, then=Value(line_said(said))) for pk, said in words.items()), default=Value(""))


def release_kept(scheduled: Scheduled) -> dict[int, str]:
    """Let the files of a message that is sent now be as those in a composer: their descriptions, by id.

    Two queries, none where it has no files.
    """
    kept = Attachment.objects.filter(scheduled=scheduled)
    said = dict(kept.order_by("pk").values_list("pk", "description")) if scheduled.files else {}
    if said:
        kept.update(scheduled=None)
    return said


def line_said(description: str) -> str:
    """The description of a file, as it is stored."""
    return shortened(clean_line(description), DESCRIPTION_LIMIT)


# -- They go -----------------------------------------------------------------------------


def remove_attachment(attachment: Attachment) -> None:
    """Take back a file that waits for a message."""
    with transaction.atomic():
        Attachment.objects.unsent().filter(pk=attachment.pk).delete()


def remove_files(message: Message) -> None:
    """The files of a message go with it, inside the transaction that deletes it."""
    if message.files:
        Attachment.objects.filter(message=message.pk).delete()


def sweep_uploads() -> int:
    """Delete the files that no message took for KEPT_WAITING, nor is to take later; how many."""
    before = timezone.now() - KEPT_WAITING
    swept = 0
    while some := _sweep_batch(before):
        swept += some
    return swept


@transaction.atomic
def _sweep_batch(before: datetime.datetime) -> int:
    # Locked: a message that is just being posted takes its files, or they are gone.
    old = Attachment.objects.unsent().select_for_update().filter(uploaded_at__lt=before)
    ids = [attachment.pk for attachment in old.only("pk")[:SWEPT_AT_ONCE]]
    Attachment.objects.filter(pk__in=ids).delete()
    return len(ids)
