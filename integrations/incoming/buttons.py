"""Buttons that a program puts below its message: Slack's have a name, Mattermost's an address."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from integrations.incoming.fields import at, line_at, objects_in, text_at
from integrations.incoming.markdown import is_web

# Of one message; and characters of what one says, and of what goes back when it is pressed.
BUTTONS = 10
LABEL = 40
CONTEXT = 4000


class Button(NamedTuple):
    """One of them: what it says, and what is posted when it is pressed.

    With an `address` it is Mattermost's, and `context` is what that gets; else Slack's: a name and a value.
    """

    label: str
    address: str = ""
    context: str = ""
    name: str = ""
    value: str = ""


def buttons_in(blocks: object, attachments: object) -> list[Button]:
    """The buttons of a message that do something; those that lead somewhere are links in its text."""
    found = [button for button in (*_of_blocks(blocks), *_of_attachments(attachments)) if button.label]
    return found[:BUTTONS]


def _of_blocks(blocks: object) -> Iterator[Button]:
    for block in objects_in(blocks, 50):
        if block.get("type") == "actions":
            for one in objects_in(block.get("elements"), BUTTONS):
                if one.get("type") == "button" and not text_at(one, "url"):
                    name, value = line_at(one, "action_id")[:255], text_at(one, "value")[:2000]
                    yield Button(label_of(line_at(one, "text", "text")), name=name, value=value)


def _of_attachments(attachments: object) -> Iterator[Button]:
    for attachment in objects_in(attachments, 20):
        for one in objects_in(attachment.get("actions"), BUTTONS):
            address = text_at(one, "integration", "url").strip()[:500]
            if one.get("type") in (None, "", "button") and is_web(address):
                yield Button(label_of(line_at(one, "name")), address, context_of(one))


def label_of(line: str) -> str:
    """What a button says: a short line."""
    return line if len(line) <= LABEL else line[: LABEL - 1] + "…"


def context_of(one: dict[str, Any]) -> str:
    """What goes back with a button, as JSON; nothing where that is too much."""
    try:
        context = json.dumps(at(one, "integration", "context"))
    except (ValueError, RecursionError):
        return "null"
    return context if len(context) <= CONTEXT else "null"
