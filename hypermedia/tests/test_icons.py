"""Icons say what only they can say: how all of them are drawn is in the style sheet."""

import re

from django.template import engines
from lucide.jinja import lucide

from hypermedia.icons import icon
from tests.environment import ROOT


def test_an_icon_is_the_drawing_and_its_size() -> None:
    html = str(icon("menu", size=20, aria_hidden="true"))
    template = '{% load icons %}{% lucide "menu" size=20 aria_hidden="true" %}'
    drawn = engines["django"].from_string(template).render()

    assert html == drawn
    assert html == (
        '<svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true">'
        '<path d="M4 5h16"/><path d="M4 12h16"/><path d="M4 19h16"/></svg>'
    )


def test_what_is_left_out_the_style_sheet_says() -> None:
    style = (ROOT / "static/css/base.css").read_text()
    said = re.search(r':where\(\[viewBox="0 0 24 24"\]\) \{(.+?)\}', style, re.DOTALL)
    assert said
    for name, value in re.findall(r'([\w-]+)="([^"]*)"', str(lucide("menu")).partition(">")[0]):
        assert name in {"width", "height", "viewBox", "xmlns"} or f"{name}: {value};" in said[1], name


def test_what_an_icon_is_given_is_text() -> None:
    assert "<b>" not in str(icon("menu", aria_label='"><b>'))
