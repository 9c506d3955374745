"""Rows are drawn once and filled in: each is what the template engine makes of the same values."""

from itertools import product
from typing import Any

import pytest
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString

from rooms.models.values import MessageRow
from rooms.render.message import _render, template_context
from rooms.render.pieces import Pieces

NOW = timezone.now()
FIELDS: dict[str, Any] = {
    **dict.fromkeys(MessageRow._fields), "pk": 42, "revision": 7, "first_revision": 5, "posted_at": NOW,
    "html": "<p>Some <em>words</em> & more</p>", "calls": "", "replies": 0, "room_id": 3, "slug": "general",
    "author_id": 16, "username": "ana", "display_name": "Ana <b> Lee", "hue": 0,
}  # fmt: skip
MESSAGE = MessageRow(**FIELDS)
PIECES = Pieces(*(SafeString(f"<i>{name}</i>") for name in Pieces._fields))


def engine(message: MessageRow, pieces: Pieces) -> str:
    """The row as the template engine renders it."""
    return get_template("rooms/message.html").render(template_context(message) | pieces._asdict()).strip()


@pytest.mark.parametrize("pieces", [Pieces(), PIECES])
@pytest.mark.parametrize("starts", [*product((True, False), repeat=2)])
def test_is_what_the_template_engine_makes(starts, pieces):
    day, group = starts
    for action, pinned, edited, deleted in product((None, NOW), repeat=4):
        for replies in (0, 1, 2):
            message = MESSAGE._replace(
                starts_day=day, starts_group=group, is_action=bool(action), pinned_at=pinned,
                edited_at=edited, deleted_at=deleted, replies=replies,
            )  # fmt: skip

            assert _render(message, pieces) == engine(message, pieces)


def test_a_name_is_escaped_and_words_are_as_they_were_cleaned():
    row = _render(MESSAGE, Pieces())

    assert "Ana &lt;b&gt; Lee" in row
    assert "<p>Some <em>words</em> & more</p>" in row
