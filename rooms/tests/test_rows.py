"""The row of a message: what stands in it, of a message in any state."""

from itertools import product
from typing import Any

import pytest
from django.utils import timezone
from django.utils.safestring import SafeString

from rooms.models.values import MessageRow
from rooms.render.message import draw_row
from rooms.render.pieces import Pieces

NOW = timezone.now()
FIELDS: dict[str, Any] = {
    **dict.fromkeys(MessageRow._fields), "pk": 42, "revision": 7, "first_revision": 5, "posted_at": NOW,
    "html": "<p>Some <em>words</em> & more</p>", "calls": "", "replies": 0, "room_id": 3, "slug": "general",
    "author_id": 16, "username": "ana", "display_name": "Ana <b> Lee", "hue": 0, "avatar": "",
}  # fmt: skip
MESSAGE = MessageRow(**FIELDS)
PIECES = Pieces(*(SafeString(f"<i>{name}</i>") for name in Pieces._fields))
# What says each state, and of which field it is one.
STATES = {
    "starts_day": '<p class="day">',
    "is_action": '<a class="doer hue-',
    "pinned_at": '<span class="mark pinned">pinned</span>',
    "edited_at": '<a class="mark edited" href="/rooms/general/messages/42/versions/" hx-ignore>edited</a>',
    "replies": '<a class="answers" href="/rooms/general/messages/42/thread/" hx-ignore>1 answer</a>',
}


@pytest.mark.parametrize("pieces", [Pieces(), PIECES])
def test_each_state_is_said_and_no_other(pieces):
    for there in product((0, 1), repeat=len(STATES)):
        states = dict(zip(STATES, there, strict=True))
        fields: dict[str, Any] = {
            name: NOW if is_on and name.endswith("_at") else is_on for name, is_on in states.items()
        }
        row = draw_row(MESSAGE._replace(**fields), pieces)

        assert {name: html in row for name, html in STATES.items()} == {k: bool(v) for k, v in states.items()}
        assert ('<a class="author' in row) is not bool(states["is_action"])
        assert "".join(pieces[1:-1]) in row
        assert "\n" not in row


@pytest.mark.parametrize(("replies", "words"), [(1, "1 answer<"), (2, "2 answers<"), (11, "11 answers<")])
def test_its_answers_are_counted(replies: int, words: str):
    assert words in draw_row(MESSAGE._replace(replies=replies), Pieces())


def test_of_a_deleted_one_nothing_is_left_but_its_place():
    row = draw_row(MESSAGE._replace(deleted_at=NOW, pinned_at=NOW, edited_at=NOW, replies=3), PIECES)

    assert "A message was deleted." in row
    assert "3 answers" in row
    assert "<i>quote</i>" in row
    for gone in ("Ana", "words", "data-author", "pinned", "edited", "<i>files</i>", "<i>reactions</i>"):
        assert gone not in row


def test_a_name_is_escaped_and_words_are_as_they_were_cleaned():
    row = draw_row(MESSAGE, Pieces())

    assert "Ana &lt;b&gt; Lee" in row
    assert "<p>Some <em>words</em> & more</p>" in row
