"""Hot templates: ordinary Jinja, in as many lines as people like, and none of those lines on the page."""

from typing import Any

import pytest
from django.template import engines
from django.template.loader import get_template
from jinja2 import UndefinedError

from rooms.models import Attachment
from rooms.models.values import RoomLink
from tests.environment import ROOT


def rendered(source: str, **values: object) -> str:
    engine: Any = engines["jinja2"]
    return engine.env.from_string(source).render(values)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<p>\n  <b>x</b>\n  {{ a }}\n</p>\n", "<p><b>x</b>1</p>"),
        ('<a class="x"\n   href="/">y</a>', '<a class="x" href="/">y</a>'),
        ('<a\n   {% if a > 0 %}download{% endif %}\n   href="/">y</a>', '<a download href="/">y</a>'),
        ("<b>x</b>\n{{ ' ' }}<b>y</b>", "<b>x</b> <b>y</b>"),
        ("<b>x</b> <b>y z</b>", "<b>x</b> <b>y z</b>"),
        ("<p>\n  {# a < b #}\n  x\n</p>", "<p>x</p>"),
    ],
)
def test_line_breaks_are_for_who_reads_the_template(source: str, html: str):
    assert rendered(source, a=1) == html


def test_values_keep_their_line_breaks_and_are_escaped():
    assert rendered("<p>\n{{ a }}\n</p>", a="x\n  <y>") == "<p>x\n  &lt;y&gt;</p>"


@pytest.mark.parametrize(
    "source", ["{{ file.resolved }}", "{% if file.resolved %}{% endif %}", "{{ file.name ~ resolved }}"]
)
def test_a_value_that_is_not_there_is_an_error_that_names_it(source: str):
    with pytest.raises(UndefinedError, match="resolved"):
        rendered(source, file=Attachment())


def test_an_error_says_its_line():
    with pytest.raises(UndefinedError) as caught:
        rendered("<p>\n  <b\n   id='x'>\n</b>\n{{ nothing }}\n</p>")
    lines = {str(entry.path): entry.lineno + 1 for entry in caught.traceback}
    assert lines["<template>"] == 5


def test_in_a_page_the_attributes_of_a_tag_may_stand_in_several_lines():
    template: Any = get_template("rooms/side.html#link")
    room = RoomLink(7, "tea", "Tea", "open", "everything", is_favourite=False)
    html = template.render({"room": room, "badge": "", "is_current": True})
    assert html == ('<li id="side-7"><a href="/rooms/tea/" aria-current="page"><bdi>Tea</bdi></a></li>')


def test_no_template_has_a_line_that_is_too_long_to_review():
    templates = (ROOT / "templates").rglob("*.html")
    long = [
        f"{path}:{number}"
        for path in templates
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 120
    ]
    assert long == []
