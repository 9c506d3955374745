"""Why something was not done: application/problem+json, RFC 9457, with a sentence in English."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import DataError, OperationalError
from django.http import Http404, HttpResponse
from ninja.errors import HttpError
from ninja.errors import ValidationError as InvalidRequest

from accounts.actions import Rejected as RejectedAbove
from accounts.stored_files import FilesAway
from live.server_process import circuit
from rooms.actions.messages_edit import EditConflict
from rooms.actions.messages_post import TOO_MANY
from rooms.actions.rejected import Rejected

log = logging.getLogger(__name__)

NOT_FOUND = "There is no such thing, or not for this token."
NOT_YOURS = "Whoever this token is of may not do that."
OUR_FAULT = "That did not work, and it is our fault."
AWAY = "That could not be read or stored just now. Try again in a moment."
# What a program may say again, and when, in seconds.
AGAIN_AFTER = 60


class Problem(Exception):
    """It is not done: with that status, for that reason."""

    def __init__(self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


def answer(status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> HttpResponse:
    """The answer with that status and that reason; `more` is besides in it."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    content = json.dumps(said | more, ensure_ascii=False)
    return HttpResponse(content, status=status, content_type="application/problem+json", headers=headers)


def answer_for(error: Exception) -> HttpResponse:
    """What is answered where `error` was raised; what nobody foresaw is logged, and nothing is said of it."""
    match error:
        case Problem():
            return answer(error.status, error.detail, error.headers)
        case InvalidRequest():
            wrong = [
                {"at": [str(one) for one in each["loc"]], "detail": each["msg"]} for each in error.errors
            ]
            return answer(422, "Some of that cannot be used.", errors=wrong)
        case HttpError():
            return answer(error.status_code, error.message)
        case Http404():
            return answer(404, NOT_FOUND)
        case PermissionDenied():
            return answer(403, NOT_YOURS)
        case RequestDataTooBig():
            return answer(413, "That is larger than a request may be.")
        case BadRequest() | SuspiciousOperation():
            return answer(400, "That request cannot be read.")
        case _:
            return _answer_for_more(error)


def _answer_for_more(error: Exception) -> HttpResponse:
    match error:
        case EditConflict():
            return answer(409, str(error))
        case Rejected() if error.args and error.args[0] is TOO_MANY:
            return answer(429, str(error), {"Retry-After": str(AGAIN_AFTER)})
        case Rejected() | RejectedAbove():
            return answer(422, str(error))
        case ValidationError():
            return answer(422, " ".join(error.messages))
        case DataError():
            return answer(422, "There is something in that which cannot be stored.")
        case OperationalError():
            circuit.record_failure(error)
            return answer(503, AWAY, {"Retry-After": "2"})
        case FilesAway():
            return answer(503, AWAY, {"Retry-After": "2"})
        case _:
            log.error("A program's request could not be answered", exc_info=error)
            return answer(500, OUR_FAULT)
