"""What is in the body of a call: JSON, or a form with JSON in `payload`, or with the fields themselves."""

from collections.abc import Mapping
from typing import Any

from integrations.incoming.fields import BadPayload, object_in

JSON = "application/json"


def payload_in(body: bytes, content_type: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The object that came. Raises BadPayload.

    No content type is JSON; and JSON is JSON whatever is said of it, as curl says that all is a form.
    """
    if body.lstrip()[:1] == b"{" or content_type in ("", JSON):
        return object_in(body)
    if "payload" in form:
        return object_in(form["payload"])
    if form:
        return dict(form)
    # Text of no kind that is known.
    raise BadPayload
