"""The emoji that people react with: which there are, what they are called, and how one is found."""

import re
from functools import cache
from typing import NamedTuple

import emoji

# Characters of what somebody looks for.
QUERY_LIMIT = 40
# Emoji that an answer shows: more is a matter of another word.
FOUND_AT_ONCE = 72
# The newest version of Unicode's emoji that a picker offers: the fonts of older systems lack later ones.
OFFERED_UP_TO = 15.1

# What people look through without a word in mind; a search finds all the others.
GROUPS = {
    "Faces": (
        "😀 😄 😁 😅 😂 🙂 😉 😊 😍 🥰 😘 😋 😜 🤪 🤗 🤭 🤔 🤨 😐 🙄 😏 😬 😌 😴 "
        "😷 🤒 🤯 🥳 😎 🤓 😕 😟 😮 😳 🥺 😢 😭 😱 😤 😡 🤬 😈 💀 💩 🤡 👻 🤖"
    ),
    "Hands and people": (
        "👍 👎 👌 🤌 ✌️ 🤞 🤟 🤘 👈 👉 👆 👇 ☝️ 👋 🤚 ✋ 🖐️ 👏 🙌 👐 🤝 🙏 ✍️ 💪 "
        "🫶 👀 🧠 🤷 🤦 🙋 🙇 💁 🏃 💃 🕺 👶 🧑 👵 👨‍💻 👩‍🔬 🧑‍🚀 🥷 🦸"
    ),
    "Hearts and signs": (
        "❤️ 🧡 💛 💚 💙 💜 🖤 🤍 🤎 💔 💯 ✅ ☑️ ✔️ ❌ ❓ ❗ ‼️ ⚠️ 🚫 ⛔ ➕ ➖ 💬 "
        "💭 💤 ⭐ 🌟 ✨ ⚡ 🔥 💥 💫 🎵 🔴 🟠 🟡 🟢 🔵 🟣 ⚫ ⚪ 🆗 🆕 🔝"
    ),
    "Animals and nature": (
        "🐶 🐱 🐭 🐰 🦊 🐻 🐼 🐨 🐯 🦁 🐮 🐷 🐸 🐵 🙈 🙉 🙊 🐔 🐧 🐦 🦆 🦉 🦄 🐝 "
        "🐛 🦋 🐌 🐞 🐢 🐙 🐬 🐳 🌱 🌳 🌵 🍀 🌷 🌹 🌻 🍄 🌍 🌙 ☀️ ⛅ 🌧️ ❄️ 🌈 🌊"
    ),
    "Food and drink": (
        "🍎 🍌 🍇 🍓 🍒 🍑 🥑 🍅 🥕 🌽 🌶️ 🥐 🍞 🧀 🥚 🥞 🍔 🍟 🍕 🌮 🥗 🍝 🍜 🍣 "
        "🍪 🎂 🍰 🍫 🍬 🍩 🍿 ☕ 🍵 🥛 🍺 🍻 🥂 🍷 🥃"
    ),
    "Doing and going": (
        "🎉 🎊 🎈 🎁 🏆 🥇 🥈 🥉 ⚽ 🏀 🎾 🏓 🎯 🎮 🎲 🧩 🎨 🎤 🎧 🎸 🎬 🚗 🚕 🚌 "
        "🚲 🚂 ✈️ 🚀 ⛵ 🏠 🏢 🏥 🏖️ 🏔️ ⛺ 🗺️ 🌆 🎡"
    ),
    "Things": (
        "💻 📱 ⌨️ 🖨️ 📷 📺 💡 🔦 📚 📖 📝 ✏️ 📌 📎 📅 📈 📉 📊 📁 📦 📧 📣 🔔 🔍 "
        "🔒 🔑 🔨 🔧 ⚙️ 🧪 🧯 💊 🧹 🗑️ 🛒 💰 💳 💎 ⏰ ⏳ 🚨 🏁 🚩 🏳️‍🌈"
    ),
}


class Emoji(NamedTuple):
    """One emoji, and what it is called."""

    emoji: str
    name: str


class Group(NamedTuple):
    """Emoji of one kind."""

    name: str
    emojis: list[Emoji]


def parse_emoji(text: str) -> str | None:
    """The one emoji that `text` is, in the form in which it is stored; None where it is anything else.

    Unicode writes some of them with or without a mark that asks for a picture: both are the same one.
    """
    return _by_letters().get(_letters(text))


@cache
def emoji_groups() -> list[Group]:
    """Those that people look through."""
    return [
        Group(name, [Emoji(one, emoji_name(one)) for one in emojis.split()])
        for name, emojis in GROUPS.items()
    ]


def search_emoji(query: str) -> list[Emoji]:
    """Those called by words that begin as those of `query` do: the closest first, FOUND_AT_ONCE at most."""
    wanted = _words(query[:QUERY_LIMIT])
    if not wanted:
        return []
    matches = [
        (_distance(wanted, names), place, one)
        for place, (one, names) in enumerate(_searched())
        if all(any(word.startswith(want) for words in names for word in words) for want in wanted)
    ]
    return [one for _, _, one in sorted(matches)[:FOUND_AT_ONCE]]


def emoji_name(one: str) -> str:
    """What an emoji is called."""
    return str(emoji.EMOJI_DATA[one]["en"]).strip(":").replace("_", " ")


def _letters(text: str) -> str:
    return text.replace("\ufe0f", "")


@cache
def _by_letters() -> dict[str, str]:
    return {
        _letters(one): one
        for one, data in emoji.EMOJI_DATA.items()
        if data["status"] == emoji.STATUS["fully_qualified"]
    }


Names = list[tuple[str, ...]]


@cache
def _searched() -> list[tuple[Emoji, Names]]:
    """Every emoji that is offered, with the words of each of its names; one of each skin, the usual first."""
    usual = " ".join(GROUPS.values()).split()
    return [
        (Emoji(one, emoji_name(one)), [_words(name) for name in (data["en"], *data.get("alias", ()))])
        for one in dict.fromkeys([*usual, *_by_letters().values()])
        if (data := emoji.EMOJI_DATA[one])["E"] <= OFFERED_UP_TO
        and not any("\U0001f3fb" <= sign <= "\U0001f3ff" for sign in one)
    ]


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+|[+-]", text.casefold()))


def _distance(wanted: tuple[str, ...], names: Names) -> int:
    """How far the closest of `names` is from what is wanted: it, it at its beginning, or some of it."""
    if wanted in names:
        return 0
    if any(words[: len(wanted)] == wanted for words in names):
        return 1
    return 2 + min(map(len, names))
