"""What a file is: by what is in it, never by what it is called or said to be."""

import codecs
import re

import filetype
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What the signatures of files are found in.
BEGINNING = 8192
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"

# What Pillow reads for us (rooms/files/images.py).
PICTURES = {"image/jpeg", "image/png", "image/apng", "image/gif", "image/webp", "image/avif"}
# What browsers play, and the names that they know it by.
PLAYED = {
    "audio/aac": "audio/aac",
    "audio/mp4": "audio/mp4",
    "audio/mpeg": "audio/mpeg",
    "audio/ogg": "audio/ogg",
    "audio/x-flac": "audio/flac",
    "audio/x-wav": "audio/wav",
    "video/mp4": "video/mp4",
    "video/quicktime": "video/quicktime",
    "video/webm": "video/webm",
    "video/x-m4v": "video/mp4",
}
PROGRAMS = {"application/x-msdownload", "application/x-executable", "application/x-google-chrome-extension"}
# Kinds that stand for each other: many containers hold either.
SOUND_AND_PICTURE = {"audio", "video"}


def type_of(beginning: bytes) -> str:
    """The type of a file that begins so."""
    found = filetype.guess_mime(bytearray(beginning)) or UNKNOWN
    # Some signatures are words, such as GIF and MZ; a document may well be readable.
    if is_text(beginning) and (found in PROGRAMS or not found.startswith("application/") or found == UNKNOWN):
        return TEXT
    if found == UNKNOWN and is_old_text(beginning):
        return TEXT
    return PLAYED.get(found, found)


def is_text(beginning: bytes) -> bool:
    """Whether a file that begins so can be read by people as it is: Unicode, in UTF-8 or with a mark."""
    encoding = next((name for mark, name in MARKS.items() if beginning.startswith(mark)), "utf-8")
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(beginning)
    except UnicodeDecodeError:
        return False
    return bool(beginning) and not UNREADABLE.search(text)


def is_old_text(beginning: bytes) -> bool:
    """Whether a file that begins so may be text in an encoding of before Unicode, as spreadsheets write it.

    There is no telling which; all of them have letters where others have no controls, and lines or words.
    """
    return bool(WHITE_SPACE.search(beginning)) and not CONTROLS.search(beginning)


# How files begin that say how they are encoded, the longer ones first.
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
# Controls, but for white space and those of terminals' colours; and what is no character at all.
UNREADABLE = re.compile("[\x00-\x08\x0e-\x1a\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
WHITE_SPACE = re.compile(rb"[ \t\r\n]")


def claimed_by(name: str) -> str:
    """The type that the end of a file's name says it has, or an empty text."""
    _, dot, end = name.rpartition(".")
    claimed = filetype.get_type(ext=ALIASES.get(end.lower(), end.lower())) if dot else None
    return claimed.mime if claimed else ""


ALIASES = {
    "jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "tiff": "tif", "mpeg": "mpg", "oga": "ogg", "opus": "ogg",
    "weba": "webm", "wave": "wav", "heif": "heic",
}  # fmt: skip


def is_disguised(name: str, content_type: str) -> bool:
    """Whether a file called `name` is something else, that its name hides."""
    claimed = claimed_by(name)
    kind, claimed_kind = content_type.partition("/")[0], claimed.partition("/")[0]
    if content_type in PROGRAMS:
        return bool(claimed) and claimed not in PROGRAMS
    if claimed_kind == "image":
        return kind != "image"
    if claimed_kind in SOUND_AND_PICTURE:
        # There is more sound than signatures of it: what is nothing else may be it.
        return kind not in SOUND_AND_PICTURE and content_type != UNKNOWN
    return claimed == "application/pdf" and content_type != claimed


def is_taken(content_type: str, taken: list[str]) -> bool:
    """Whether files of that type may be attached; `taken` are kinds and types, none of them means all."""
    return not taken or content_type in taken or content_type.partition("/")[0] in taken


def kind_name(content_type: str) -> str:
    """What people call a file of that type, as a short word."""
    found = KIND_NAMES.get(content_type) or KIND_NAMES.get(content_type.partition("/")[0])
    if found:
        return str(found)
    known = filetype.get_type(mime=content_type)
    return known.extension.upper() if known else _("File")


# By type, and by the first half of a type. Of others the end of their names is what people know.
KIND_NAMES = {
    TEXT: gettext_lazy("Text"),
    UNKNOWN: gettext_lazy("File"),
    "audio": gettext_lazy("Sound"),
    "video": gettext_lazy("Video"),
}


# Lucide's names, by type and by the first half of a type.
ICONS = {
    "application/pdf": "file-text", TEXT: "file-text", "image": "file-image", "audio": "file-music",
    "video": "film",
}  # fmt: skip


def icon_name(content_type: str) -> str:
    """The icon that stands for a file of that type."""
    return ICONS.get(content_type) or ICONS.get(content_type.partition("/")[0], "file")
