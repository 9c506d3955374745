"""What a line that begins with a slash means."""

ME = "/me "


def action_in(body: str) -> tuple[bool, str]:
    """Whether `body` is a sentence about its author, said with /me, and the words to show."""
    return (True, body.removeprefix(ME)) if body.startswith(ME) else (False, body)
