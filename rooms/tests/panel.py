"""What is open beside a room, of its page."""

import re

RESTORED = {"HX-Request": "true", "HX-History-Restore-Request": "true"}


def panel(html: str) -> str:
    """What stands beside the room on that page; all of it where it is no page of a room."""
    found = re.search(r'<aside id="panel"[^>]*>(.*?)</aside>', html, re.DOTALL)
    return found[1] if found else html
