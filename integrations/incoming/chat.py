"""A message as programs send it to Slack or Mattermost, in the dialect of the address that they use."""

from typing import Any, NamedTuple

from accounts.plain_text import clean_line, shortened
from integrations.incoming.blocks import attachments_as_markdown, blocks_as_markdown
from integrations.incoming.buttons import Button, buttons_in
from integrations.incoming.fields import at, line_of, text_at
from integrations.incoming.markdown import is_web, joined
from integrations.incoming.mrkdwn import entities_as_markdown, markdown_of
from rooms.emoji import emoji_called, parse_emoji

# Characters of what a hook is called in a message; and bytes of where its picture is.
NAME_LIMIT = 60
ADDRESS_LIMIT = 2000


class IncomingMessage(NamedTuple):
    """What is to be said: Markdown, and how, where and under which name."""

    text: str
    name: str = ""
    icon: str = ""
    # Where the picture is that stands for it, where no emoji does.
    icon_address: str = ""
    # The room it is meant for, as it is called elsewhere; empty for the hook's own.
    channel: str = ""
    # The `ts` of the message that it answers.
    thread: str = ""
    buttons: tuple[Button, ...] = ()


def read_message(payload: dict[str, Any], *, is_mrkdwn: bool) -> IncomingMessage:
    """What a payload says. Never raises; a message without text is one that says nothing."""
    dialect = markdown_of if is_mrkdwn else entities_as_markdown
    attachments = payload.get("attachments")
    if not isinstance(attachments, list):
        attachments = at(payload, "props", "attachments")
    text = text_at(payload, "text")
    said = text if is_mrkdwn and payload.get("mrkdwn") is False else dialect(text)
    # With blocks the text is for where those cannot be shown.
    body = blocks_as_markdown(payload.get("blocks"), dialect) or said
    icon = icon_of(text_at(payload, "icon_emoji"))
    return IncomingMessage(
        joined(body, attachments_as_markdown(attachments, dialect)),
        name=shortened(clean_line(line_of(payload.get("username"))), NAME_LIMIT),
        icon=icon,
        # As Slack and Mattermost have it, the emoji is what counts.
        icon_address="" if icon else icon_address_of(text_at(payload, "icon_url")),
        channel=line_of(payload.get("channel"), 100),
        thread=text_at(payload, "thread_ts")[:40],
        buttons=tuple(buttons_in(payload.get("blocks"), attachments)),
    )


def icon_address_of(address: str) -> str:
    """The address of a picture on the web; nothing for anything else."""
    address = address.strip()
    is_one = is_web(address) and address.isprintable() and len(address.encode()) <= ADDRESS_LIMIT
    return address if is_one else ""


def icon_of(name: str) -> str:
    """The emoji that is meant: by its name between colons, or itself; nothing where there is none."""
    name = name.strip()[:60]
    return emoji_called(name.strip(":")) or parse_emoji(name) or "" if name else ""
