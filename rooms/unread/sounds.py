"""A sound for who wants one: something is for them, and none of their pages that is looked at shows its room.

A browser plays nothing on a page where nobody has clicked or typed yet.
"""

from functools import cache
from typing import TYPE_CHECKING

from django.templatetags.static import static

from hypermedia.fragments import hx_partial
from live.hub import SharedMessage

if TYPE_CHECKING:
    from live.hub import Socket


def play(page: "Socket", sound: str) -> None:
    """Let somebody hear their sound, a Person.Sound, on that page."""
    page.write_shared(_frame(sound))


@cache
def _frame(sound: str) -> SharedMessage:
    """The sound, in the place of the one before."""
    audio = f'<audio id="sound" autoplay src="{static(f"sounds/{sound}.wav")}"></audio>'
    return SharedMessage(hx_partial("#sound", "delete") + hx_partial("#near", "beforeend", audio))
