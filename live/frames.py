"""What a socket sends us: never trusted, never a traceback."""

import json
from typing import Any

from django.utils.translation import gettext as _

# The largest frame that is read, bytes. uvicorn refuses more by itself (--ws-max-size); daphne does not.
FRAME_LIMIT = 64 * 1024


# https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
NO_CODE = 1005
CUT_OFF = 1006


class BadFrame(ValueError):
    """A frame that cannot be used; its text is a sentence for who sent it."""


def parse(event: dict[str, Any]) -> dict[str, Any]:
    """The object in a `websocket.receive` event. Raises BadFrame with a sentence for the sender."""
    text = event.get("text")
    if not isinstance(text, str):
        raise BadFrame(_("Send text, not binary."))
    if not text.strip():
        raise BadFrame(_("That frame is empty."))
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame(_("That is not JSON.")) from None
    if not isinstance(frame, dict):
        raise BadFrame(_("Send a JSON object."))
    return frame


def code_of(event: dict[str, Any]) -> int:
    """How a socket ended, of a `websocket.disconnect` event.

    uvicorn says 1005 as well where nothing was said at all, not even goodbye; only what the peer has said
    has a reason with it, if an empty one.
    """
    code = event.get("code") or NO_CODE
    return CUT_OFF if code == NO_CODE and "reason" not in event else code


def too_big(event: dict[str, Any]) -> bool:
    """Whether the frame of a `websocket.receive` event is larger than FRAME_LIMIT."""
    content = event.get("bytes") or event.get("text") or ""
    size = len(content)
    if isinstance(content, str) and FRAME_LIMIT / 4 < size <= FRAME_LIMIT:
        size = len(content.encode(errors="surrogatepass"))
    return size > FRAME_LIMIT


def field(frame: dict[str, Any], name: str) -> str:
    """The text at `name`. Raises BadFrame when it is missing, not text, or cannot be stored."""
    value = frame.get(name)
    if not isinstance(value, str):
        raise BadFrame(_("“%(name)s” must be text.") % {"name": name})
    if why := storage_problem(value):
        raise BadFrame(why)
    return value


def storage_problem(text: str) -> str:
    """Why no database could store `text`, in a sentence; empty where it could."""
    if "\x00" in text:
        return _("There is a NUL character in that text.")
    try:
        text.encode()
    except UnicodeEncodeError:
        return _("There is half a character in that text.")
    return ""


def number(frame: dict[str, Any], name: str) -> int:
    """The whole number at `name`, as JSON number or digits. Raises BadFrame."""
    value = frame.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
        return value
    raise BadFrame(_("“%(name)s” must be a whole number.") % {"name": name})


def id_list(frame: dict[str, Any], name: str) -> tuple[int, ...]:
    """The whole numbers at `name`, each once: none, one by itself, or a list. Raises BadFrame."""
    values = frame.get(name, [])
    listed = values if isinstance(values, list) else [values]
    return tuple(dict.fromkeys(number({name: value}, name) for value in listed))
