"""An open page, as a browser would have it after the frames it got: swapped as htmx and its upsert do."""

import re
from collections.abc import Callable, Iterable
from copy import copy
from functools import cache
from typing import Any

from bs4 import BeautifulSoup, Tag
from soupsieve import NOSTRICT

from tests.sockets import Arrived


class Page:
    """A page's elements, and what of them tests look at: rows, `#seen`, `#oldest` and `#topic`."""

    def __init__(self, html: str) -> None:
        self.soup = parsed(html)
        # By their ids: what was found there once, and may have been taken away since.
        self._by_id: dict[str, Tag] = {}
        self._by_id.update(named(self.soup))

    def apply(self, arrived: str) -> None:
        """Swap what one frame brings, or each of those that arrived."""
        for frame in arrived.frames if isinstance(arrived, Arrived) else (arrived,):
            self._apply_one(frame)

    def _apply_one(self, frame: str) -> None:
        """As htmx does: it looks up all targets of a frame, and then swaps one part after the other."""
        found: list[tuple[Tag, list[str], Tag]] = []
        for part in parsed(frame).find_all("hx-partial"):
            how = str(part["hx-swap"]).split()
            # Each target is brought a copy.
            targets = self._select(str(part["hx-target"]))
            found += [
                (to, how, part if number == 1 else copy(part))
                for number, to in zip(range(len(targets), 0, -1), targets, strict=True)
            ]
        for target, (style, *modifiers), content in found:
            inside = content.find(True) if "strip:true" in modifiers else None
            new = named(content)
            self._swap(target, style, modifiers, inside if isinstance(inside, Tag) else content)
            self._by_id.update((name, tag) for name, tag in new.items() if self._is_there(tag))

    def _swap(self, target: Tag, style: str, modifiers: list[str], content: Tag) -> None:
        match style:
            case "upsert":
                self._upsert(target, dict(word.partition(":")[::2] for word in modifiers), content)
            case "innerHTML" | "innerMorph" | "textContent":
                target.clear()
                target.extend(list(content.contents))
            case "beforeend":
                target.extend(list(content.contents))
            case "afterbegin":
                for element in reversed(list(content.contents)):
                    target.insert(0, element)
            case "afterend" if target.parent is not None:
                target.insert_after(*list(content.contents))
            case "outerHTML" | "outerMorph" if target.parent is not None:
                target.replace_with(*list(content.contents))
            case "delete" if target.parent is not None:
                target.extract()
            case "afterend" | "outerHTML" | "outerMorph" | "delete":
                """It was taken away by another part of the frame: nothing happens to it."""
            case _:
                raise AssertionError(f"{style} is not modelled here")

    def _upsert(self, target: Tag, modifiers: dict[str, str], content: Tag) -> None:
        attribute = modifiers.get("key", "id")
        for row in elements(content):
            if there := self._with_id(str(row["id"])):
                there.replace_with(row)
                continue
            key = collated(row, attribute)
            after = next((one for one in elements(target) if key < collated(one, attribute)), None)
            if after is None:
                target.append(row)
            else:
                after.insert_before(row)

    def _select(self, selector: str) -> list[Tag]:
        """The elements that `selector` matches. Most have an id; soupsieve would look everywhere."""
        if re.fullmatch(r"#[\w-]+(,#[\w-]+)+", selector):
            there = map(self._with_id, selector.replace("#", "").split(","))
            return [one for one in there if one is not None]
        by_id = re.fullmatch(r"#([\w-]+)([^\s,]*)", selector)
        if by_id is None:
            # Otherwise it takes nothing but single elements in `:has()`, where CSS has no such limit.
            return self.soup.select(selector, flags=NOSTRICT)
        found = self._with_id(by_id[1])
        return [found] if found and (not by_id[2] or found.css.match(selector)) else []

    def _with_id(self, name: str) -> Tag | None:
        found = self._by_id.get(name)
        return found if found is not None and self._is_there(found) else None

    def _is_there(self, tag: Tag) -> bool:
        return any(parent is self.soup for parent in tag.parents)

    # -- What stands there ---------------------------------------------------------------

    def find(self, selector: str) -> Tag:
        """The one element that `selector` matches."""
        (found,) = self._select(selector)
        return found

    def ids(self, selector: str) -> list[str]:
        """The ids of the elements in the one that `selector` matches, in their order."""
        return [str(one.get("id", "")) for one in elements(self.find(selector))]

    @property
    def shown(self) -> list[str]:
        """The rows of messages, in the order in which they stand."""
        rows = self.find("#messages").find_all("li", id=re.compile(r"^message-\d+$"), recursive=False)
        return [str(row) for row in rows]

    @property
    def seen(self) -> int:
        """The revision up to which the page says it shows everything."""
        return int(str(self.find("#seen")["value"]))

    @property
    def oldest(self) -> str:
        """The message before which the page reads on; empty if there is none."""
        return str(self.find("#oldest")["value"])

    @property
    def topic(self) -> str:
        """What the room is about."""
        return self.find("#topic").decode_contents()


def takes_away(target: str) -> Callable[[str], bool]:
    """Whether a text takes away what `target` is for, by itself or together with other things."""
    parts = re.compile(r'hx-target="([^"]*)" hx-swap="delete"')
    return lambda html: any(target in some.split(",") for some in parts.findall(html))


def parsed(html: str) -> BeautifulSoup:
    """The elements of some HTML."""
    return BeautifulSoup(html, "html.parser")


def named(parent: Tag) -> dict[str, Tag]:
    """The elements in another that have an id, by it."""
    return {str(one["id"]): one for one in parent.descendants if isinstance(one, Tag) and "id" in one.attrs}


def elements(parent: Tag) -> Iterable[Tag]:
    """The elements in another, without the text between them."""
    return [child for child in parent.children if isinstance(child, Tag)]


def collated(row: Tag, attribute: str) -> list[Any]:
    """What sorts as `localeCompare` with `numeric` does, for what the keys of rows are made of."""
    return _collated(str(row.get(attribute) or row.get("id", "")))


@cache
def _collated(key: str) -> list[Any]:
    return [(int(word), "") if word.isdigit() else (-1, word) for word in re.split(r"(\d+)", key)]
