"""Styles and templates: what one engine lacks has a way round it, or is not used.

Measured in Chromium 156, Firefox 153 and WebKitGTK 2.50; docs/browsers.md says what of it.
"""

import re
from collections.abc import Iterator

import pytest

from tests.environment import ROOT

SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TAG = re.compile(r"<(\w+)\b((?:\{\{.*?\}\}|\{%.*?%\}|[^<>])*)>", re.DOTALL)
# What makes an element take no room, where `display` within an animation does nothing.
NO_ROOM = re.compile(r"\b(position: (absolute|fixed)|(max-)?(inline|block)-size: 0)\b")


def blocks(css: str, beginning: str) -> Iterator[tuple[str, str]]:
    """Each block of some CSS whose prelude matches a pattern: the prelude, and what is between its braces."""
    for found in re.finditer(rf"({beginning})[^{{}};]*\{{", css):
        depth, end = 1, found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield found[0].rstrip("{ "), css[found.end() : end - 1]


def styles() -> str:
    """All of the style sheets, without their comments."""
    return re.sub(r"/\*.*?\*/", "", "\n".join(sheet.read_text() for sheet in SHEETS), flags=re.DOTALL)


def test_blocks_are_found():
    assert list(blocks("@keyframes a { 0% { top: 0; } } p { x: y; }", "@keyframes")) == [
        ("@keyframes a", " 0% { top: 0; } ")
    ]


def test_what_an_animation_hides_takes_no_room_either():
    """Firefox applies no `display` of a keyframe."""
    hidden = [
        (name, rule)
        for name, frames in blocks(styles(), "@keyframes")
        for _, rule in blocks(frames, r"[\d.]+%|from|to")
        if "display:" in rule
    ]
    assert hidden
    assert [name for name, rule in hidden if not NO_ROOM.search(rule)] == []


def test_a_box_that_does_not_grow_is_larger():
    """WebKit knows no `field-sizing`: the composer's box and the others, which have it, have a size there."""
    css = styles()
    without = "".join(rules for _, rules in blocks(css, r"@supports not \(field-sizing"))
    assert css.count("field-sizing: content;") == without.count("min-block-size") == 2


def test_going_from_page_to_page_takes_no_presses():
    """A page loses what is pressed while Chromium and WebKit show a transition to it."""
    assert "@view-transition" not in styles()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_command_has_a_way_round(template):
    """WebKit before Safari 26.2 knows no `command`, and no `closedby`: there the same is a popover."""
    for name, attributes in TAG.findall(template.read_text()):
        if "command" in attributes:
            assert "popovertarget=" in attributes, f"{name}: {attributes}"
        if "closedby=" in attributes:
            assert re.search(r"\spopover\b(?!t)", attributes), f"{name}: {attributes}"


def test_the_font_is_there_and_small():
    """One file of its package is taken, wherever Parley is set up: what asks for another finds nothing."""
    named = re.findall(r'url\("\.\./fonts/([^"]+)"\)', styles())
    assert named
    for name in named:
        assert (ROOT / "node_modules" / "fonts" / name).stat().st_size < 30 * 1024
        assert name in (ROOT / "bin/browser_files").read_text()
    for recipe in ("bin/setup", "Dockerfile"):
        assert "bin/browser_files" in (ROOT / recipe).read_text()
