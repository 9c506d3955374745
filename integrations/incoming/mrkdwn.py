"""Slack's mrkdwn as Markdown: *bold*, ~strike~, <address|words>, <@U1>, <!here>, &amp;."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from integrations.incoming.markdown import bare, is_web, link, literal

# Code, in which nothing else means anything; and what stands between < and >.
CODE = re.compile(r"```[\s\S]*?```|`[^`\n]+`")
ENTITY = re.compile(r"<([^<>\n]{1,3000})>")
BOLD = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\w*])")
STRIKE = re.compile(r"(?<![\w~])~(?=[^\s~])([^~\n]*[^\s~])~(?![\w~])")
# What Markdown would take for a mark, and mrkdwn does not.
HEADING = re.compile(r"^( {0,3})(?=#{1,6}(?:\s|$))", re.MULTILINE)
ESCAPE = re.compile(r"[\[\]]|\\(?=[!-/:-@\[-`{-~])")
REFERENCE = re.compile(r"&(?=#|\w+;)")
ALL_QUOTED = re.compile(r"^>>>\s?([\s\S]*)", re.MULTILINE)
# What stands for a part that is ready: characters that are taken out of all that comes.
READY = re.compile("\ue000([0-9]+)\ue001")
# A conversation whose ids nobody here knows.
NOBODY: Mapping[str, str] = MappingProxyType({})
CALLS = {"here": "@here", "channel": "@room", "everyone": "@room", "group": "@room"}


def markdown_of(text: str, people: Mapping[str, str] = NOBODY, rooms: Mapping[str, str] = NOBODY) -> str:
    """`text` as Markdown that shows what Slack would show of it.

    Where the ids in it are known, `people` has usernames by them, and `rooms` names.
    """
    if text.isalnum():
        return text
    ready: list[str] = []

    def keep(part: str) -> str:
        ready.append(part)
        return f"\ue000{len(ready) - 1}\ue001"

    def entity(found: re.Match[str]) -> str:
        return keep(entity_as_markdown(found[1], words_as_literal, people, rooms))

    text = text.replace("\ue000", "").replace("\ue001", "")
    text = CODE.sub(lambda found: keep(code(found[0])), text)
    text = ENTITY.sub(entity, text)
    # Before < and > are there again, which mean nothing else from then on.
    text = HEADING.sub(r"\1\\", REFERENCE.sub(r"\\&", unescape(ESCAPE.sub(r"\\\g<0>", text))))
    text = ALL_QUOTED.sub(lambda found: "\n".join(f"> {line}" for line in found[1].split("\n")), text)
    text = STRIKE.sub(r"~~\1~~", BOLD.sub(r"**\1**", text))
    # Twice, for code that stands in a link.
    for _ in range(2):
        text = READY.sub(lambda found: ready[int(found[1])], text)
    return text


def entities_as_markdown(text: str) -> str:
    """Markdown in which <address|words> and <!channel> may stand, as Mattermost reads it."""

    def entity(found: re.Match[str]) -> str:
        what = found[1]
        if what.startswith("!") or "|" in what:
            return entity_as_markdown(what, words_as_they_are)
        return found[0]

    parts = re.split(f"({CODE.pattern})", text)
    return "".join(part if number % 2 else ENTITY.sub(entity, part) for number, part in enumerate(parts))


def entity_as_markdown(
    what: str,
    words: Callable[[str], str],
    people: Mapping[str, str] = NOBODY,
    rooms: Mapping[str, str] = NOBODY,
) -> str:
    """What stands between < and >, where `words` makes Markdown of words."""
    target, _bar, label = what.partition("|")
    match target[:1]:
        case "@":
            name = people.get(target[1:]) or label or target[1:]
            return f"@{name.removeprefix('@')}"
        case "#":
            return f"#{(rooms.get(target[1:]) or label or target[1:]).removeprefix('#')}"
        case "!":
            return CALLS.get(target[1:].partition("^")[0]) or words(label or target[1:])
    address = unescape(target)
    if not is_web(address):
        return words(unescape(label or target))
    return link(address, words(unescape(label))) if label else bare(address)


def words_as_literal(label: str) -> str:
    """The words of a link, which mean what they say."""
    return literal(label)


def words_as_they_are(label: str) -> str:
    """The words of a link, which may be Markdown."""
    return " ".join(label.split()).replace("]", "\\]") if "[" not in label else literal(label)


def code(part: str) -> str:
    """Code as it was: a fence stands on lines of its own."""
    part = unescape(part)
    if not part.startswith("```"):
        return part
    return f"\n```\n{part[3:-3].strip('\n')}\n```\n"


def unescape(text: str) -> str:
    """`text` without the three references that Slack asks for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
