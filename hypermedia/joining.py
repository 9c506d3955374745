"""Fragments joined into frames, so that htmx loses none of them.

htmx looks up the targets of all parts of a frame before it swaps any (`#processPartials` of htmx 4): a part
that changes what another part of the same frame brings finds nothing, and is dropped without a word. So what
is joined holds each thing once, as it is in the end; where that cannot be, a further frame begins.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

END = "</hx-partial>"
BEGIN = re.compile(r'<hx-partial hx-target="([^"]*)" hx-swap="([^"]*)">')
# What selectors can name elements by, as it stands in a tag; and the ids alone.
NAMES = re.compile(r' ((?:id|href|data-[\w-]+)="[^"]*")')
IDS = re.compile(r' (id="[^"]*")')
# The same in a selector, whose quotation marks are escaped in the attribute that it is.
NAMED = re.compile(r"#([\w-]+)|\[([\w-]+)=(?:&#x27;)?([^\]&]*)")
CLASS = re.compile(r"\.([\w-]+)")
CONDITION = re.compile(r":(?:has|not)\(((?:[^()]|\([^()]*\))*)\)")
# A selector of ids alone.
BY_IDS = re.compile(r"#[\w-]+(?:,#[\w-]+)*")
# How a row begins: its tag and its id.
ROW = re.compile(r'<(\w+) id="([^"]*)"')

# Swaps after which nothing is left of what the same swap did before.
REPLACING = {"outerHTML", "outerMorph", "innerHTML", "innerMorph", "textContent", "delete"}
WHOLE = {"outerHTML", "outerMorph"}
TAKING = {"delete", "innerHTML", "innerMorph"}
# Swaps of which a later one may come first, where they are for different elements.
UNORDERED = {"delete", "beforeend", "afterbegin"}


class Part(NamedTuple):
    """One `<hx-partial>`: where its content goes, and how. Or what stands between two, with no target."""

    target: str
    swap: str
    content: str

    @property
    def html(self) -> str:
        """The part as it is sent."""
        if not self.target:
            return self.content
        return f'<hx-partial hx-target="{self.target}" hx-swap="{self.swap}">{self.content}{END}'

    @property
    def place(self) -> tuple[str, str]:
        """Where its content goes, and how."""
        return self.target, self.swap

    @property
    def row(self) -> str:
        """The id of the one row that this puts into a list, or in its place there; else an empty text."""
        found = ROW.match(self.content) if self.swap.startswith("upsert") else None
        return found[2] if found and self.content.rfind(f"<{found[1]} id=") == 0 else ""


class Frame:
    """Parts whose targets htmx may look up together."""

    def __init__(self) -> None:
        self._parts: dict[int, Part] = {}
        self._count = 0
        # The numbers of the parts that bring something, and of those that take it away or what stands in it,
        # by a name such as id="seen".
        self._bringing: dict[str, list[int]] = {}
        self._taking: dict[str, list[int]] = {}
        self._places: dict[tuple[str, str], int] = {}

    @property
    def text(self) -> str:
        """What is sent: one part for what goes to one end of a list, and one for all that is taken away.

        htmx does as much for each part as a browser does for the row that it brings.
        """
        sent: list[Part] = []
        # Where in it the part is with which one of a kind goes, among those of which none heeds an order.
        places: dict[object, int] = {}
        for part in self._parts.values():
            if part.swap not in UNORDERED:
                places.clear()
            key = part.swap if part.swap == "delete" else part.place
            if key in places:
                sent[places[key]] = both_in_one(sent[places[key]], part)
            else:
                places[key] = len(sent)
                sent.append(part)
        return "".join([part.html for part in sent])

    def take(self, part: Part) -> bool:
        """Add a part, instead of those that it leaves nothing of; not if it changes what others bring."""
        earlier = sorted(self._earlier(part)) if self._parts else []
        for number in earlier:
            both = last_state(self._parts[number], part)
            if both is None:
                return False
            part = both
        for number in earlier:
            del self._parts[number]
        self._add(part)
        return True

    def _earlier(self, part: Part) -> set[int]:
        """The numbers of the parts that bring or take away what this one is for, or bring the same."""
        names, classes = named_by(part.target)
        found = {self._places[part.place]} if part.swap in REPLACING and part.place in self._places else set()
        for name in names:
            found.update(self._bringing.get(name, ()))
            found.update(n for n in self._taking.get(name, ()) if self._takes_from(n, part))
        for name in IDS.findall(part.content):
            found.update(self._bringing.get(name, ()))
        for name in classes:
            found.update(number for number, one in self._parts.items() if has_class(one.content, name))
        return found & self._parts.keys()

    def _takes_from(self, number: int, part: Part) -> bool:
        """Whether an earlier part takes away what `part` is for. What both take away is gone either way.

        Where that is said by more than ids, what comes next may be up to whether it was there.
        """
        earlier = self._parts.get(number)
        if earlier is None or earlier.target == part.target:
            return False
        return not (takes_by_ids(earlier) and takes_by_ids(part))

    def _add(self, part: Part) -> None:
        self._count += 1
        self._parts[self._count] = part
        self._places[part.place] = self._count
        for name in NAMES.findall(part.content):
            self._bringing.setdefault(name, []).append(self._count)
        if part.swap in TAKING:
            for name in named_by(subject(part.target))[0]:
                self._taking.setdefault(name, []).append(self._count)


def takes_by_ids(part: Part) -> bool:
    """Whether it takes away elements, wherever they are."""
    return part.swap == "delete" and BY_IDS.fullmatch(part.target) is not None


def both_in_one(first: Part, second: Part) -> Part:
    """Two parts for the same end of a list, or two that take something away, as one."""
    if first.swap == "delete":
        return first._replace(target=f"{first.target},{second.target}")
    contents = first.content, second.content
    return first._replace(content="".join(reversed(contents) if first.swap == "afterbegin" else contents))


def last_state(earlier: Part, later: Part) -> Part | None:
    """The one part that does what both do, one after the other; None where there is none.

    A row that is put into a list and taken out is none: whether it was there may decide what comes next.
    """
    if earlier.place == later.place and (earlier.swap in REPLACING or earlier.row == later.row != ""):
        return later
    if later.swap in WHOLE and earlier.row and later.target == f"#{earlier.row}":
        return later._replace(target=earlier.target, swap=earlier.swap)
    if earlier.swap in WHOLE and (
        earlier.target == f"#{later.row}" or (later.swap == "delete" and later.target == earlier.target)
    ):
        return later
    return None


def join(html: str) -> list[str]:
    """Fragments that stand one after the other, in as few frames as do what each would do by itself."""
    parts = list(parts_of(html))
    if are_apart(parts, html):
        return [html] if html else []
    frames = [Frame()]
    for part in parts:
        if not frames[-1].take(part):
            frames.append(Frame())
            frames[-1].take(part)
    return [frame.text for frame in frames if frame.text]


def are_apart(parts: Sequence[Part], html: str) -> bool:
    """Whether no part is for what another brings, and none in the place of another: the quick look.

    Most fragments are so, and what one message brings always is.
    """
    names: set[str] = set()
    for number, part in enumerate(parts):
        own, classes = named_by(part.target)
        if classes or not names.isdisjoint(own):
            return False
        names.update(own)
        there = [name for name in own if name in html]
        if part.swap == "delete":
            # What comes in the place of what is taken away comes after that.
            is_free = not any(name in one.content for one in parts[:number] for name in there)
        else:
            # What it is for may stand in its own content alone.
            is_free = all(html.count(name) == part.content.count(name) for name in there)
        if not is_free:
            return False
    ids = IDS.findall(html)
    return len(set(ids)) == len(ids)


def parts_of(html: str) -> Iterator[Part]:
    """The parts of a fragment. What a part holds is escaped: its end is nowhere in it."""
    *parts, rest = html.split(END)
    for one in parts:
        begin = BEGIN.search(one)
        if begin is None:
            yield Part("", "", one + END)
            continue
        if begin.start():
            yield Part("", "", one[: begin.start()])
        yield Part(begin[1], begin[2], one[begin.end() :])
    if rest:
        yield Part("", "", rest)


@lru_cache(4096)
def named_by(target: str) -> tuple[Sequence[str], Sequence[str]]:
    """What the elements that a selector is for are named by: ids and other attributes; where none, classes.

    What must or must not stand in an element counts where the selector says nothing else.
    """
    names: list[str] = []
    classes: list[str] = []
    for selector in target.split(","):
        outside = CONDITION.sub("", selector) if "(" in selector else selector
        if found := _names(outside) or _names(selector):
            names += found
        else:
            classes += CLASS.findall(outside)
    return names, classes


def subject(target: str) -> str:
    """The elements that a selector is for, without those in which they stand."""
    return ",".join(selector.split()[-1] for selector in target.split(","))


def _names(selector: str) -> list[str]:
    return [
        f'id="{one}"' if one else f'{attribute}="{value}"'
        for one, attribute, value in NAMED.findall(selector)
    ]


def has_class(html: str, name: str) -> bool:
    """Whether an element in `html` is of a class."""
    return name in html and re.search(rf'class="(?:[^"]* )?{name}[ "]', html) is not None
