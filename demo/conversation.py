"""The conversation of `manage.py demo`: read from conversation.txt, spread over some weeks until now."""

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SCRIPT = Path(__file__).with_name("conversation.txt")
PEOPLE = ("alice", "bob", "charlie")
# What three people who sit together say in a day.
MESSAGES_A_DAY = 65
# When things happen, in minutes after midnight.
HOURS = {"": (540, 1050), "morning": (500, 555), "noon": (690, 750), "evening": (1020, 1080)}
SATURDAY = 5
# Seconds between two messages of an exchange, beside what it takes to write.
GAPS = (5, 9, 15, 20, 25, 40, 60, 90, 150, 400)
# From one exchange to the next one in the same room, at least; from the end of the last one to now.
PAUSE = datetime.timedelta(minutes=7)
LAST_BEFORE_NOW = datetime.timedelta(seconds=50)
NO_TIME = datetime.timedelta()

MESSAGE = re.compile(r"(\w+): ?(.*)")
CHOICE = re.compile(r"\{([^{}]*)\}")
SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Line:
    """One message, before it is decided which words and which person."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """Messages that belong together."""

    lines: tuple[Line, ...]
    words: frozenset[str]

    @property
    def hours(self) -> tuple[int, int]:
        """Between which minutes of a day it may begin."""
        return next((HOURS[word] for word in self.words if word in HOURS), HOURS[""])

    @property
    def happens_once(self) -> bool:
        """Whether telling it again would be noticed."""
        return "once" in self.words or not any(CHOICE.search(line.text) for line in self.lines)


@dataclass(slots=True)
class RoomScript:
    """A room, and what may be said in it."""

    name: str
    share: int
    members: tuple[str, ...]
    topic: str
    exchanges: list[Exchange] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ComposedMessage:
    """A message as it is stored."""

    room: str
    who: str
    text: str
    at: datetime.datetime


# -- Reading the script ------------------------------------------------------------------


def read_script(text: str) -> tuple[list[RoomScript], dict[str, list[str]]]:
    """The rooms of the script, and what its slots may stand for."""
    rooms: list[RoomScript] = []
    slots: dict[str, list[str]] = {}
    for block in text.split("\n\n"):
        first, *rest = block.splitlines() or [""]
        if match := re.fullmatch(r"room (\w+) (\d+) ([a-z ]+): (.+)", first):
            name, share, members, topic = match.groups()
            rooms.append(RoomScript(name, int(share), tuple(members.split()), topic))
        elif first.startswith("slot "):
            for line in block.splitlines():
                name, _, values = line.removeprefix("slot ").partition(": ")
                slots[name] = values.split("; ")
        elif rooms and first:
            words = frozenset(first[1:].split()) if first.startswith("@") else frozenset()
            rooms[-1].exchanges.append(Exchange(tuple(read_lines(rest if words else [first, *rest])), words))
    return rooms, slots


def read_lines(lines: Iterable[str]) -> Iterator[Line]:
    """The messages of one exchange, each with its further lines."""
    who, text = "", ""
    for line in lines:
        if line.startswith("  |"):
            text += "\n" + line[4:]
            continue
        if who:
            yield Line(who, text.strip("\n").rstrip())
        match = MESSAGE.fullmatch(line)
        if match is None:
            raise ValueError(f"Neither a message nor a line of one: {line!r}")
        who, text = match.groups()
    yield Line(who, text.strip("\n").rstrip())


# -- Deciding what is said ---------------------------------------------------------------


def compose(messages: int, now: datetime.datetime, seed: int = 2000) -> list[ComposedMessage]:
    """So many messages in all rooms together, in the order of their times, the last one just before `now`."""
    rooms, slots = read_script(SCRIPT.read_text(encoding="utf-8"))
    # A conversation needs no secrets, and the same one each time.
    random = Random(seed)  # noqa: S311
    workdays = days(now, messages)
    said: list[ComposedMessage] = []
    for number, (room, share) in enumerate(zip(rooms, shares(rooms, messages), strict=True), start=1):
        until = now - number * LAST_BEFORE_NOW
        for exchange, times in spread(choose(room, share, random), workdays, until, random):
            words = words_of(exchange, room.members, slots, random)
            said += [ComposedMessage(room.name, *line, at) for line, at in zip(words, times, strict=True)]
    return sorted(said, key=lambda one: one.at)


def shares(rooms: list[RoomScript], messages: int) -> list[int]:
    """How many of the messages each room has; what does not divide is the first one's."""
    parts = [messages * room.share // 100 for room in rooms]
    parts[0] += messages - sum(parts)
    return parts


def choose(room: RoomScript, messages: int, random: Random) -> list[Exchange]:
    """Exchanges of the room, of exactly so many messages together."""
    chosen: list[Exchange] = []
    last = [e for e in room.exchanges if "last" in e.words and len(e.lines) <= messages]
    left = messages - sum(len(exchange.lines) for exchange in last)
    again = [e for e in room.exchanges if "last" not in e.words]
    while left:
        order = random.sample(again, len(again))
        for exchange in order:
            if len(exchange.lines) <= left:
                chosen.append(exchange)
                left -= len(exchange.lines)
        if left and left < min(len(e.lines) for e in order):
            # Nothing is short enough: the beginning of an exchange is an exchange.
            chosen.append(Exchange(order[0].lines[:left], order[0].words))
            left = 0
        again = [e for e in again if not e.happens_once]
    return chosen + last


def words_of(
    exchange: Exchange, members: tuple[str, ...], slots: dict[str, list[str]], random: Random
) -> list[tuple[str, str]]:
    """Who says what: the roles, the slots and the choices decided."""
    order = random.sample(members, len(members))
    roles = {"A": order[0], "B": order[1], "C": order[-1]} | {name: name for name in PEOPLE}
    stands_for = {name: random.choice(values) for name, values in slots.items()}
    # Choices of as many options go together, so that an answer fits its question.
    option = {count: random.randrange(count) for count in range(2, 10)}

    def decide(match: re.Match[str]) -> str:
        options = match[1].split("|")
        return stands_for.get(match[1], match[0]) if len(options) == 1 else options[option[len(options)]]

    # Slots first: an option may hold one.
    decided = [CHOICE.sub(decide, SLOT.sub(decide, line.text)) for line in exchange.lines]
    return [
        (roles[line.who], text[0].upper() + text[1:] if line.text.startswith("{") else text)
        for line, text in zip(exchange.lines, decided, strict=True)
    ]


# -- Deciding when -----------------------------------------------------------------------


def days(now: datetime.datetime, messages: int) -> list[datetime.date]:
    """The working days it takes to say so many messages: two at least, the last one today or before."""
    day, found = now.date(), list[datetime.date]()
    while len(found) < max(2, messages / MESSAGES_A_DAY):
        if day.weekday() < SATURDAY:
            found.append(day)
        day -= datetime.timedelta(days=1)
    return found


def spread(
    exchanges: list[Exchange], workdays: list[datetime.date], until: datetime.datetime, random: Random
) -> Iterator[tuple[Exchange, list[datetime.datetime]]]:
    """When each message of each exchange is said: the last of all ends at `until`, no two run at once."""
    regular = [exchange for exchange in exchanges if "last" not in exchange.words]
    planned = [(moment(exchange, workdays, until, random), exchange) for exchange in regular]
    planned += [(until, exchange) for exchange in exchanges if "last" in exchange.words]
    for begin, exchange in sorted(planned, key=lambda plan: plan[0], reverse=True):
        pauses = [pause_before(line, random) for line in exchange.lines[1:]]
        times = [min(begin, until - sum(pauses, NO_TIME))]
        for pause in pauses:
            times.append(times[-1] + pause)
        yield exchange, times
        until = times[0] - random.randint(1, 2) * PAUSE


def moment(
    exchange: Exchange, workdays: list[datetime.date], until: datetime.datetime, random: Random
) -> datetime.datetime:
    """When the exchange begins, on one of these days."""
    while True:
        midnight = datetime.datetime.combine(random.choice(workdays), datetime.time(), tzinfo=until.tzinfo)
        first, last = exchange.hours
        begin = midnight + datetime.timedelta(seconds=random.randint(60 * first, 60 * last))
        if begin < until:
            return begin


def pause_before(line: Line, random: Random) -> datetime.timedelta:
    """How long the others wait for this message: most answers come at once, some take a while."""
    return datetime.timedelta(seconds=random.choice(GAPS) + random.randrange(20) + len(line.text) // 8)
