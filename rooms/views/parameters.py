"""What a request says in its address or its form, as numbers."""

from accounts.access import PersonRequest


def cursor_in(request: PersonRequest) -> int | None:
    """The id in `before`, or None where that is no id."""
    return whole_number(request.GET.get("before", ""))


def reply_target(request: PersonRequest) -> int | None:
    """The message that a composer answers: the one chosen, or else the first of the thread that it is in."""
    ids = (whole_number(request.POST.get(name, "")) for name in ("reply_to", "thread"))
    return next(filter(None, ids), None)


def whole_number(text: str) -> int | None:
    """The id that `text` is, or None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
