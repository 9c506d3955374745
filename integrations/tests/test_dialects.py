"""What programs send becomes Markdown: mrkdwn, blocks, attachments, however they are."""

import html
import json
import random
import re
import string

import pytest

from integrations.incoming.chat import read_message
from integrations.incoming.fields import BadPayload, object_in
from integrations.incoming.markdown import literal, split_at_limit
from integrations.incoming.mrkdwn import entities_as_markdown, markdown_of
from rooms.markup import render_markup

PEOPLE = {"ann": 1}


@pytest.mark.parametrize(
    ("mrkdwn", "markdown"),
    [
        ("*bold* _it_ ~no~", "**bold** _it_ ~~no~~"),
        ("2*3*4 a_b_c ~/x", "2*3*4 a_b_c ~/x"),
        ("*<https://x.org/a|Build 7>* failed", "**[Build 7](https://x.org/a)** failed"),
        ("<https://x.org/a(b)|The _page_>", r"[The \_page\_](https://x.org/a%28b%29)"),
        ("<https://x.org/>", "<https://x.org/>"),
        ("<mailto:a@x.org|a@x.org>", r"[a\@x.org](mailto:a@x.org)"),
        ("<javascript:alert(1)|press>", "press"),
        ("<@U1|ann> <@U2> <#C1|general> <!here> <!channel|x> <!date^1^{date}|May>",
         "@ann @U2 #general @here @room May"),
        ("&lt;b&gt; AT&amp;T &amp;lt;", r"<b> AT&T \&lt;"),
        ("`*c*` and ```\n*d* &lt;\n```", "`*c*` and \n```\n*d* <\n```\n"),
        ("# no heading", r"\# no heading"),
        (">>> a\nb", "> a\n> b"),
        ("<not closed *b*", "<not closed **b**"),
        ("*a\nb*", "*a\nb*"),
    ],
)  # fmt: skip
def test_mrkdwn(mrkdwn, markdown):
    assert markdown_of(mrkdwn) == markdown


def test_mattermost_is_markdown_with_entities():
    said = entities_as_markdown("*it* **b** <https://x.org|words> <!channel> <https://y.org> `<a|b>`")
    assert said == "*it* **b** [words](https://x.org) @room <https://y.org> `<a|b>`"


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({"text": "x", "blocks": [{"type": "new thing"}, 7, None]}, "x"),
        ({"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*y*"}}]}, "**y**"),
        ({"blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "*A*\n1"}, None, {}]}]},
         "**A** · 1"),
        ({"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "*H*"}}, {"type": "divider"},
                     {"type": "context", "elements": [{"type": "mrkdwn", "text": "_c_"}, {"type": "image"}]}]
          },
         "**\\*H\\***\n\n---\n\n_c_"),
        ({"blocks": [{"type": "actions", "elements": [{"type": "button", "text": {"text": "Look"},
                                                       "url": "https://x.org"}, {"type": "button"}]}]},
         "[Look](https://x.org)"),
        ({"blocks": [{"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [
                {"type": "text", "text": "a ", "style": {"bold": True}}, {"type": "user", "user_id": "ann"}]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}]}]}]},
         "**a** @ann\n\n> q"),
        ({"attachments": [{"fallback": "only *this*"}]}, "only **this**"),
        ({"attachments": [{"pretext": "p", "color": "danger", "title": "T", "title_link": "https://x.org",
                           "fields": [{"title": "a", "value": 1, "short": True},
                                      {"title": "b", "value": True, "short": True}, {"title": None}]}]},
         "p\n\n> 🔴 **[T](https://x.org)**\n>\n> **a:** 1 · **b:** true"),
        ({"attachments": [{"image_url": "https://x.org/a.png", "footer": "f"}]},
         "> <https://x.org/a.png>\n>\n> f"),
        ({"text": "a\x00b\ud800", "mrkdwn": False}, "ab?"),
    ],
)  # fmt: skip
def test_blocks_and_attachments(payload, text):
    assert read_message(payload, is_mrkdwn=True).text == text


# Names that readers look for, with whatever a program may have put there.
NAMES = (
    "text", "blocks", "attachments", "type", "fields", "elements", "title", "title_link", "value", "short",
    "url", "accessory", "image_url", "style", "color", "username", "icon_emoji", "channel", "thread_ts",
    "props", "indent",
)  # fmt: skip
TYPES = ("section", "header", "context", "image", "actions", "rich_text", "rich_text_list",
         "rich_text_section", "text", "link", "user", "button", "mrkdwn", "plain_text")  # fmt: skip


def anything(chance: random.Random, depth: int) -> object:
    """Something that JSON may be."""
    kind = chance.randrange(10) if depth else chance.randrange(7)
    if kind < 2:
        return chance.choice(TYPES)
    if kind < 3:
        return "".join(
            chance.choices("<>|*_~`&;@!#\n \u202e\ue000" + string.ascii_letters, k=chance.randrange(40))
        )
    if kind < 7:
        return chance.choice([None, True, 0, -1, 10**400, 1.5e300, float("nan"), ""])
    if kind < 8:
        return [anything(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {chance.choice(NAMES): anything(chance, depth - 1) for _ in range(chance.randrange(9))}


@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_comes_is_too_strange(seed):
    chance = random.Random(seed)
    for _ in range(150):
        payload = {name: anything(chance, 5) for name in NAMES if chance.random() < 0.6}
        for is_mrkdwn in (True, False):
            message = read_message(payload, is_mrkdwn=is_mrkdwn)
            message.text.encode()
            for part in split_at_limit(message.text):
                render_markup(part, PEOPLE)


@pytest.mark.parametrize(
    "text",
    ["<" * 20_000, "<x|" * 20_000, "*" * 20_000, "*a " * 10_000, "~a" * 10_000, "```" * 9_000, "`<" * 9_000],
)
def test_long_rows_of_marks_take_no_time(text):
    # A square of these would take minutes.
    markdown_of(text)
    entities_as_markdown(text)


def test_what_is_literal_names_nobody_and_looks_as_it_was():
    text = r"@ann <b> *x* _y_ [a](https://x.org) `c` :tada: \* &amp; ~~z~~ # 1"
    rendered = render_markup(literal(text), PEOPLE)
    assert not rendered.named
    assert html.unescape(re.sub(r"<[^>]*>", "", rendered.html)) == text


def test_the_parts_of_a_long_text_are_short_and_whole():
    text = " ".join(f"word{number}" for number in range(4000))
    parts = split_at_limit(text)
    assert max(map(len, parts)) <= 10_000
    assert " ".join(parts) == text
    assert len(split_at_limit("x" * 10**6)) == 12


@pytest.mark.parametrize("source", ["", "1", "null", "[" * 100_000, '{"a": 1', b"\xff", '"' + "9" * 9999])
def test_what_is_no_object(source):
    with pytest.raises(BadPayload):
        object_in(source)


def test_numbers_that_are_too_long_for_text():
    assert json.loads(json.dumps(read_message({"text": 10**4000}, is_mrkdwn=True).text))
