"""What is joined does to a page what each fragment would have done by itself, one after the other."""

import random
from collections.abc import Callable

import pytest

from hypermedia.fragments import hx_partial, seen_input
from hypermedia.joining import join
from tests.page import Page
from tests.sockets import Arrived

COUNT = "[data-count=here]"
PAGE = (
    '<title>general</title><h1 class="room-title">general</h1><ol id="messages"></ol><ol id="thread-1"></ol>'
    '<ul id="here"></ul><i data-count="here">0</i><ul id="rooms"><li><b class="badge-7">1</b></li></ul>'
    '<input id="seen" name="seen" value="0"><input id="away" value=""><div id="notices"></div>'
)


def row(number: int, words: object = "", inside: str = "") -> str:
    return f'<li id="message-{number}" class="message"><p>{words}</p>{inside}</li>'


def posted(number: int, words: object = "", inside: str = "", into: str = "#messages") -> str:
    return hx_partial(into, "upsert sort", row(number, words, inside))


def appended(number: int, words: object) -> str:
    taken = hx_partial(f"#message-{number},#typing-{number}", "delete")
    return taken + hx_partial("#messages", "beforeend", row(number, words))


def changed(number: int, words: object) -> str:
    return hx_partial(f"#message-{number}", "outerMorph", row(number, words))


def gone(number: int) -> str:
    return hx_partial(f"#message-{number}", "delete")


def quote(number: int, words: object) -> str:
    return f'<a class="quote" data-quote="{number}">{words}</a>'


def person(number: int, name: object) -> str:
    return f'<li id="here-{number}" data-seq="{name}"><b data-name="{number}">{name}</b></li>'


def arrived(number: int, name: object) -> str:
    return hx_partial("#here", "upsert key:data-seq sort", person(number, name))


def renamed(number: int, name: object) -> str:
    listed = f"#here-{number}"
    html = hx_partial(f"[data-name='{number}']", "textContent", str(name))
    html += hx_partial(f"#here > {listed}", "delete")
    return html + hx_partial(f"#here:has({listed})", "upsert key:data-seq sort", person(number, name))


# What may happen to a page: with a message or person, and a number that tells one time from another.
EVENTS: list[Callable[[int, int], str]] = [
    lambda one, time: posted(one, time) + seen_input(time),
    lambda one, time: posted(one, time, quote(one - 1, time), "#messages,#thread-1") + seen_input(time),
    lambda one, time: appended(one, time) + seen_input(time),
    lambda one, time: appended(one, time) + hx_partial("#here", "afterbegin", f"<li>{time}</li>"),
    lambda one, time: hx_partial("#here", "upsert sort", f'<li id="typing-{one}">{time}</li>'),
    lambda one, time: changed(one, time) + seen_input(time),
    lambda one, time: gone(one) + seen_input(time),
    lambda one, time: hx_partial(f"[data-quote='{one}']", "outerHTML", quote(one, time)),
    lambda one, time: hx_partial(f"#message-{one} p", "outerHTML", f"<p>{time}!</p>"),
    lambda one, time: hx_partial("#messages", "innerHTML", row(one, time) + row(one + 1, time)),
    lambda one, time: arrived(one, f"name {time}") + hx_partial(COUNT, "textContent", str(time)),
    lambda one, time: hx_partial(f"#here-{one}", "delete"),
    lambda one, time: renamed(one, f"name {time}"),
    lambda one, time: hx_partial("#here", "innerHTML", person(one, time) + person(one + 1, time)),
    lambda one, time: hx_partial("#rooms", "innerMorph", f'<li><b class="badge badge-{one}">{time}</b></li>'),
    lambda one, time: hx_partial(f".badge-{one}", "outerHTML", f'<b class="badge-{one}">{time}</b>'),
    lambda one, time: hx_partial("#away", "outerHTML", f'<input id="away" value="{"on" * (time % 2)}">'),
    lambda one, time: hx_partial("html:has(#away[value='']) title", "textContent", f"name {time}"),
    lambda one, time: hx_partial("title", "textContent", f"({time})"),
    lambda one, time: hx_partial("#notices", "beforeend", f"<p>{time}</p>"),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_any_fragments_in_any_order(seed: int) -> None:
    chance = random.Random(seed)
    fragments = [
        chance.choice(EVENTS)(chance.randint(1, 4), time) for time in range(1, chance.choice([6, 40]))
    ]
    by_itself, joined = Page(f"<html>{PAGE}</html>"), Page(f"<html>{PAGE}</html>")
    for fragment in fragments:
        by_itself.apply(fragment)

    joined.apply(Arrived(join("".join(fragments))))

    assert str(joined.soup) == str(by_itself.soup)


@pytest.mark.parametrize(
    ("fragments", "frames"),
    [
        # A row and what becomes of it: one part.
        ([posted(5, 1), changed(5, 2)], [posted(5, 2)]),
        ([posted(5, 1), changed(5, 2), changed(5, 3)], [posted(5, 3)]),
        ([posted(5, 1), gone(5)], None),
        # Several at the end of a list: what was there of them is taken away together.
        (
            [appended(5, 1), appended(6, 1), appended(7, 1)],
            [
                hx_partial(",".join(f"#message-{one},#typing-{one}" for one in (5, 6, 7)), "delete")
                + hx_partial("#messages", "beforeend", "".join(row(one, 1) for one in (5, 6, 7)))
            ],
        ),
        ([appended(5, 1), changed(5, 2)], None),
        # What both take away.
        (
            [hx_partial("#a,#b", "delete"), hx_partial("#b,#c", "delete")],
            [hx_partial("#a,#b,#b,#c", "delete")],
        ),
        ([changed(5, 1), posted(5, 2)], [posted(5, 2)]),
        ([changed(5, 1), changed(5, 2)], [changed(5, 2)]),
        ([changed(5, 1), gone(5)], [gone(5)]),
        ([posted(5, 1), posted(5, 2)], [posted(5, 2)]),
        # One number that says what was seen, behind what was.
        ([posted(5), seen_input(1), posted(6), seen_input(2)], [posted(5) + posted(6) + seen_input(2)]),
        # What is in a row that comes, or may be.
        ([posted(6, "", quote(5, 1)), hx_partial("[data-quote='5']", "outerHTML", quote(5, 2))], None),
        ([posted(5), hx_partial("#message-5 p", "outerHTML", "<p>2</p>")], None),
        ([hx_partial("#messages", "innerHTML", row(5) + row(6)), changed(5, 2)], None),
        ([hx_partial("#rooms", "innerMorph", '<b class="x b-7"></b>'), hx_partial(".b-7", "delete")], None),
    ],
)  # fmt: skip
def test_what_is_made_of_fragments(fragments: list[str], frames: list[str] | None) -> None:
    assert join("".join(fragments)) == (fragments if frames is None else frames)


@pytest.mark.parametrize(
    "fragment",
    [posted(5) + hx_partial("#typing-3", "delete") + seen_input(1), renamed(3, "Ann"), "no part at all"],
)
def test_parts_that_do_not_touch_each_other_stay_as_they_came(fragment: str) -> None:
    assert join(fragment) == [fragment]


def test_nothing_is_no_frame() -> None:
    assert join("") == []
