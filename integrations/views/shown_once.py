"""What is shown on the next page, and never again."""

from typing import Any

from django.http import HttpRequest

# Where a session keeps it: what it is called, and the secret.
SHOWN_ONCE = "shown_once_of_programs"


def show_once(request: HttpRequest, name: str, secret: str) -> None:
    """Show a secret on the next page about programs."""
    request.session[SHOWN_ONCE] = {"name": name, "secret": secret}


def take_shown_once(request: HttpRequest) -> dict[str, Any] | None:
    """What this page is to show."""
    return request.session.pop(SHOWN_ONCE, None)
