"""What people write, as HTML: Markdown, rendered and cleaned once, when a message is stored."""

from rooms.markup.people import AT, CALLS
from rooms.markup.rendering import RenderedMarkup, render_markup, usernames_in
from rooms.markup.tasks import with_signs

__all__ = ["AT", "CALLS", "RenderedMarkup", "render_markup", "usernames_in", "with_signs"]
