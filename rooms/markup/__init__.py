"""What people write, as HTML: Markdown, rendered and cleaned once, when a message is stored."""

from rooms.markup.people import CALLS, usernames_in
from rooms.markup.rendering import Marked, marked

__all__ = ["CALLS", "Marked", "marked", "usernames_in"]
