"""When nothing can be stored, or read: a full disk, a locked file, a database that restarts, a bucket away.

Whoever asks gets a sentence and keeps their text; the log says it once, and once when it is over.
"""

import errno
import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _
from django.views.defaults import server_error as broken

from accounts.stored_files import FilesAway
from hypermedia.responses import refusal

NOT_NOW = _("That could not be stored or read just now. Please try again in a moment.")
# Of a file: no space, no space for this user, and a disk that has become read-only after an error.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def is_refusal(error: BaseException | None) -> bool:
    """Whether it is the storage that refuses, and no fault of the program."""
    return isinstance(error, OperationalError | InterfaceError | FilesAway) or (
        isinstance(error, OSError) and error.errno in FULL
    )


class RefusalsInASentence(logging.Filter):
    """One sentence for all the requests that the storage refuses, where each would have a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass on what is something else."""
        # Logging is set up before there are apps.
        from live.server_process import circuit

        error = record.exc_info[1] if record.exc_info else None
        if error is None or not is_refusal(error):
            return True
        # Of files the storage has said so itself.
        if not isinstance(error, FilesAway):
            circuit.record_failure(error)
        return False


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed; Django calls this while the failure is being handled.

    Where the storage refused, with 503, a sentence, and the text that was sent, for its author to copy.
    """
    if not is_refusal(sys.exc_info()[1]):
        return broken(request)
    if request.headers.get("HX-Request"):
        return refusal(str(NOT_NOW), 503)
    text = request.POST.get("body", "") if request.method == "POST" else ""
    page = get_template("503.html").render({"sentence": NOT_NOW, "text": text})
    return HttpResponse(page, status=503, headers={"Retry-After": "5"})
