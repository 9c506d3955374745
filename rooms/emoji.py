"""The emoji that people react with: which there are, what they are called, and how one is found."""

import re
from functools import cache
from typing import NamedTuple

import emoji
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Characters of what somebody looks for.
QUERY_LIMIT = 40
# Emoji that an answer shows: more is a matter of another word.
FOUND_AT_ONCE = 72
# In the bar at a message: those that one gives most.
AT_HAND = 3
# The newest version of Unicode's emoji that a picker offers: the fonts of older systems lack later ones.
OFFERED_UP_TO = 15.1

# What people look through without a word in mind; a search finds all the others.
GROUPS = {
    _("Faces"): (
        "😀 😄 😁 😅 😂 🙂 😉 😊 😍 🥰 😘 😋 😜 🤪 🤗 🤭 🤔 🤨 😐 🙄 😏 😬 😌 😴 "
        "😷 🤒 🤯 🥳 😎 🤓 😕 😟 😮 😳 🥺 😢 😭 😱 😤 😡 🤬 😈 💀 💩 🤡 👻 🤖"
    ),
    _("Hands and people"): (
        "👍 👎 👌 🤌 ✌️ 🤞 🤟 🤘 👈 👉 👆 👇 ☝️ 👋 🤚 ✋ 🖐️ 👏 🙌 👐 🤝 🙏 ✍️ 💪 "
        "🫶 👀 🧠 🤷 🤦 🙋 🙇 💁 🏃 💃 🕺 👶 🧑 👵 👨‍💻 👩‍🔬 🧑‍🚀 🥷 🦸"
    ),
    _("Hearts and signs"): (
        "❤️ 🧡 💛 💚 💙 💜 🖤 🤍 🤎 💔 💯 ✅ ☑️ ✔️ ❌ ❓ ❗ ‼️ ⚠️ 🚫 ⛔ ➕ ➖ 💬 "
        "💭 💤 ⭐ 🌟 ✨ ⚡ 🔥 💥 💫 🎵 🔴 🟠 🟡 🟢 🔵 🟣 ⚫ ⚪ 🆗 🆕 🔝"
    ),
    _("Animals and nature"): (
        "🐶 🐱 🐭 🐰 🦊 🐻 🐼 🐨 🐯 🦁 🐮 🐷 🐸 🐵 🙈 🙉 🙊 🐔 🐧 🐦 🦆 🦉 🦄 🐝 "
        "🐛 🦋 🐌 🐞 🐢 🐙 🐬 🐳 🌱 🌳 🌵 🍀 🌷 🌹 🌻 🍄 🌍 🌙 ☀️ ⛅ 🌧️ ❄️ 🌈 🌊"
    ),
    _("Food and drink"): (
        "🍎 🍌 🍇 🍓 🍒 🍑 🥑 🍅 🥕 🌽 🌶️ 🥐 🍞 🧀 🥚 🥞 🍔 🍟 🍕 🌮 🥗 🍝 🍜 🍣 "
        "🍪 🎂 🍰 🍫 🍬 🍩 🍿 ☕ 🍵 🥛 🍺 🍻 🥂 🍷 🥃"
    ),
    _("Doing and going"): (
        "🎉 🎊 🎈 🎁 🏆 🥇 🥈 🥉 ⚽ 🏀 🎾 🏓 🎯 🎮 🎲 🧩 🎨 🎤 🎧 🎸 🎬 🚗 🚕 🚌 "
        "🚲 🚂 ✈️ 🚀 ⛵ 🏠 🏢 🏥 🏖️ 🏔️ ⛺ 🗺️ 🌆 🎡"
    ),
    _("Things"): (
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

    name: str | Promise
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


# Names that neither Unicode nor its usual short forms have, but other chats.
ALIASES = {"simple_smile": "🙂", "keycap_star": "*️⃣"}
GENDERS = (("female_", "woman_"), ("male_", "man_"))
# From the lightest on: https://unicode.org/reports/tr51/#Emoji_Modifiers_Table
TONES = "🏻🏼🏽🏾🏿"
TONE_NAMES = {"light": 0, "medium_light": 1, "medium": 2, "medium_dark": 3, "dark": 4}
TONED = re.compile(rf"(.+?)_(?:({'|'.join(TONE_NAMES)})_skin_tone|tone_?([1-5]))")
# Slack calls the lightest 2, as on Fitzpatrick's scale, whose first two it is.
NUMBERED_TONE = re.compile(r"skin_tone_([1-6])")
FLAG = re.compile(r"flag_(?:for_)?(?:([a-z]{2})|(.+))")
REGIONAL_A = 0x1F1E6
PEOPLE = frozenset("🧑👨👩")


def emoji_called(name: str) -> str | None:
    """The emoji of that name, as it is called here or in other chats; None where there is none.

    tada, Party_Popper, flag-us, man-shrugging; with a tone of skin thumbs_up_dark_skin_tone, thumbsup_tone5,
    and skin-tone-6, which stands behind another name.
    """
    name = _folded(name)
    if found := _by_name().get(name):
        return found
    if numbered := NUMBERED_TONE.fullmatch(name):
        return TONES[max(int(numbered[1]) - 2, 0)]
    if flag := FLAG.fullmatch(name):
        return _flag(flag)
    for theirs, ours in GENDERS:
        if name.startswith(theirs):
            return emoji_called(ours + name.removeprefix(theirs))
    toned = TONED.fullmatch(name)
    base = emoji_called(toned[1]) if toned else None
    if toned is None or base is None:
        return None
    return with_tone(base, TONES[int(toned[3]) - 1 if toned[3] else TONE_NAMES[toned[2]]])


def with_tone(one: str, tone: str) -> str | None:
    """An emoji in a tone of skin, one of TONES; None where it has no skin."""
    signs = _letters(one)
    first, others = signs[:1] + tone, signs[1:]
    everybody = "".join(sign + tone if sign in PEOPLE else sign for sign in others)
    return parse_emoji(first + others) or parse_emoji(first + everybody)


def _flag(named: re.Match[str]) -> str | None:
    code, country = named.groups()
    if code:
        return parse_emoji("".join(chr(REGIONAL_A + ord(letter) - ord("a")) for letter in code))
    found = _by_name().get(country)
    return found if found and (found[0] == "🏴" or REGIONAL_A <= ord(found[0]) < REGIONAL_A + 26) else None


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")


@cache
def _by_name() -> dict[str, str]:
    """Every emoji by each of its names: tada, party_popper."""
    named: dict[str, str] = {}
    for one, data in emoji.EMOJI_DATA.items():
        if data["status"] <= emoji.STATUS["fully_qualified"]:
            for name in (data["en"], *data.get("alias", ())):
                named.setdefault(_folded(name.strip(":")), one)
    return named | ALIASES


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
