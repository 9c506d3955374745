"""docs/decisions/: each expression in an attribute of a template is listed, and there are few of them."""

import re
from collections.abc import Iterator

from tests.environment import ROOT

# Filters of triggers, handlers, and values that are expressions.
EXPRESSION = re.compile(r'hx-on[^=\s]*="([^"]+)"|="js:([^"]+)"')
TRIGGER = re.compile(r'hx-trigger="([^"]+)"')
FILTER = re.compile(r"\[([^\]]+)\]")
LISTED = re.compile(r"^\| `([\w/]+\.html)` \| `(.+?)` \|", re.MULTILINE)
# Bytes, of all of them together.
MOST = 3 * 1024


def in_templates() -> list[tuple[str, str]]:
    """The template and the text of each expression."""
    folder = ROOT / "templates"
    return [
        (str(path.relative_to(folder)), " ".join(text.split()))
        for path in sorted(folder.rglob("*.html"))
        for text in expressions(path.read_text())
    ]


def expressions(html: str) -> Iterator[str]:
    """The text of each expression in a template."""
    for found in EXPRESSION.findall(html):
        yield next(filter(None, found))
    for trigger in TRIGGER.findall(html):
        yield from FILTER.findall(trigger)


def test_each_expression_is_listed_with_what_is_lost_without_it():
    page = (ROOT / "docs/decisions/0001-no-script-of-our-own.md").read_text()
    # In a table of Markdown a line that is meant as one has a mark before it.
    listed = [(where, text.replace("\\|", "|")) for where, text in LISTED.findall(page)]
    assert sorted(in_templates()) == sorted(listed)


def test_they_are_small():
    assert 0 < sum(len(text.encode()) for _, text in in_templates()) < MOST


def test_no_template_has_a_script_or_a_handler():
    for path in (ROOT / "templates").rglob("*.html"):
        html = path.read_text()
        assert not re.search(r"\son\w+=", html), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", html), path
    for folder in ("static", "templates"):
        assert not list((ROOT / folder).rglob("*.js"))
