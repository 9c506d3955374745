"""What has to be so in the end: the ledger against what is stored, each page against one loaded afresh."""

import asyncio
import json
import re
from collections import Counter, defaultdict
from typing import Any

from tests.faults.crowd import Crowd, until
from tests.faults.ledger import Attempt, Outcome, Said
from tests.faults.pages import OpenPage
from tests.faults.sites import Site
from tests.page import Page, elements

# Seconds until everybody has caught up: a lease of a dead process, its grace, and a machine that is busy.
PATIENCE = 120
EMPTY_BADGE = re.compile(r'<b class="unread(?: is-mention)? (unread-of-\w+)"></b>')
MESSAGES = """
    SELECT m.id, r.slug, p.username, m.body, m.deleted_at IS NOT NULL, m.pinned_at IS NOT NULL, m.number
    FROM rooms_message m JOIN rooms_room r ON r.id = m.room_id
    LEFT JOIN accounts_person p ON p.id = m.author_id
    WHERE m.notice IS NULL ORDER BY m.id
"""
REACTIONS = """
    SELECT m.id, p.username, x.emoji FROM rooms_reaction x
    JOIN rooms_message m ON m.id = x.message_id JOIN accounts_person p ON p.id = x.person_id
"""
FILES = "SELECT a.id, a.message_id, a.name FROM rooms_attachment a WHERE a.message_id IS NOT NULL"
DRAFTS = """
    SELECT p.username, r.slug, d.text FROM rooms_draft d
    JOIN accounts_person p ON p.id = d.person_id JOIN rooms_room r ON r.id = d.room_id
"""
UNREAD = """
    SELECT p.username, r.id, r.slug, b.read, r.posts,
        (SELECT COUNT(*) FROM rooms_message m WHERE m.room_id = r.id AND m.number > b.read
            AND m.deleted_at IS NULL AND m.notice IS NULL),
        (SELECT COUNT(*) FROM rooms_message m WHERE m.room_id = r.id AND m.notice IS NULL),
        (SELECT COALESCE(MAX(m.number), 0) FROM rooms_message m WHERE m.room_id = r.id)
    FROM rooms_membership b JOIN rooms_room r ON r.id = b.room_id JOIN accounts_person p ON p.id = b.person_id
"""
REVISIONS = "SELECT slug, revision FROM rooms_room"


async def settled(crowd: Crowd) -> None:
    """Return once everybody is connected and knows what became of all they sent. Raises AssertionError."""
    await crowd.rest()

    def unsettled() -> list[tuple[str, str, bool, list[str]]]:
        return [
            (one.browser.name, one.room, one.line is not None, list(one.outbox))
            for one in crowd.everybody
            if one.ended is None and (one.line is None or one.outbox)
        ]

    assert await until(lambda: not unsettled(), PATIENCE), unsettled()


def stored_as_told(crowd: Crowd) -> Counter[str]:
    """Compare the ledger with the database. Raises AssertionError; how much of what there is."""
    ledger, site = crowd.ledger, crowd.site
    by_number: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    problems: list[str] = []
    rows = site.rows(MESSAGES)
    by_pk = {row[0]: row for row in rows}
    for row in rows:
        if said := ledger.found(row[3]):
            by_number[said.number].append(row)
        elif not row[4]:
            problems.append(f"nobody said {row}")
    deleted = {one.pk for one in ledger.said.values() if one.deletions}
    counts: Counter[str] = Counter()
    for said in ledger.said.values():
        there = by_number[said.number]
        counts[f"{said.posted.outcome} by {said.door}"] += 1
        if said.room in ledger.gone:
            problems += [f"its room is gone, and it is there: {said}"] if there else []
            continue
        if not there and said.pk in deleted and (said.pk not in by_pk or by_pk[said.pk][4]):
            continue  # a deleted message has no text
        problems += message_problems(said, there)
    problems += reaction_problems(crowd, by_pk) + pin_problems(crowd, by_pk)
    problems += draft_problems(crowd)
    assert not problems, "\n".join(problems)
    return counts


def message_problems(said: Said, there: list[tuple[Any, ...]]) -> list[str]:
    """What is wrong with one message, given its rows in the database."""
    problems = []
    if len(there) > 1:
        problems.append(f"stored {len(there)} times: {said}")
    if said.posted.outcome is Outcome.DONE and not there:
        problems.append(f"acknowledged, and not stored: {said}")
    if said.posted.outcome is Outcome.REFUSED and there:
        problems.append(f"said not to be stored, and stored: {said}")
    for row in there:
        if row[2] != said.author:
            problems.append(f"stored as {row[2]}'s: {said}")
        if not row[4] and row[3] not in possible_values([said.posted, *said.edits]):
            problems.append(f"it says {row[3]!r}: {said}")
        if not row[4] and Outcome.DONE in {one.outcome for one in said.deletions}:
            problems.append(f"deleted, and there: {said}")
    return problems


def possible_values(attempts: list[Attempt]) -> set[str]:
    """What may be so after some attempts in turn: the last that was done, or any after it nobody heard of."""
    values: set[str] = set()
    for number, attempt in enumerate(attempts):
        if number == 0 or attempt.outcome is Outcome.DONE:
            values = {attempt.value}
        elif attempt.outcome is Outcome.WAITING:
            values.add(attempt.value)
    return values


def reaction_problems(crowd: Crowd, by_pk: dict[int, tuple[Any, ...]]) -> list[str]:
    """Each reaction that was given is there, and no other."""
    there = set(crowd.site.rows(REACTIONS))
    problems = []
    wanted = set()
    for said in crowd.ledger.said.values():
        for (name, emoji), attempt in said.reactions.items():
            wanted.add((said.pk, name, emoji))
            is_there = (said.pk, name, emoji) in there
            stands = said.pk in by_pk and not by_pk[said.pk][4]
            if attempt.outcome is Outcome.DONE and stands and not is_there:
                problems.append(f"{name} gave {emoji}, and it is not there: {said}")
            if attempt.outcome is Outcome.REFUSED and is_there:
                problems.append(f"{emoji} of {name} was refused, and is there: {said}")
    return problems + [f"nobody gave {one}" for one in there - wanted]


def pin_problems(crowd: Crowd, by_pk: dict[int, tuple[Any, ...]]) -> list[str]:
    """What was pinned last is pinned, and what was not is not."""
    problems = []
    for number, attempts in crowd.ledger.pins.items():
        row = by_pk.get(crowd.ledger.said[number].pk or 0)
        if (
            row is not None
            and not row[4]
            and ("on" if row[5] else "off") not in possible_values([Attempt("off"), *attempts])
        ):
            problems.append(f"pinned is {row[5]} after {attempts}")
    return problems


def draft_problems(crowd: Crowd) -> list[str]:
    """What somebody had begun to write is something that they had begun to write."""
    slugs = {slug: room for room, slug in crowd.site.addresses.items()}
    return [
        f"a draft that nobody wrote: {name} {body!r}"
        for name, slug, body in crowd.site.rows(DRAFTS)
        if body not in crowd.ledger.drafts.get((name, slugs.get(slug, "")), [])
    ]


async def files_are_there(crowd: Crowd) -> int:
    """Each file of a message that stands has the bytes that were sent. How many there are."""
    by_name = {name: data for said in crowd.ledger.said.values() for name, data in said.files.items()}
    files = crowd.site.rows(FILES)
    messages = {message: (pk, name) for pk, message, name in files}
    deleted = {row[0] for row in crowd.site.rows(MESSAGES) if row[4]}
    for said in crowd.ledger.said.values():
        is_there = said.posted.outcome is Outcome.DONE and said.room not in crowd.ledger.gone
        if said.files and is_there and said.pk not in deleted:
            assert said.pk in messages, f"its file is not there: {said}"
    for message, (pk, name) in messages.items():
        if message in deleted:
            continue
        reader = next(
            page for page in crowd.pages if page.room == room_of(crowd, message) and page.ended is None
        )
        answer = await reader.browser.get(f"/files/{pk}/{name}")
        assert (answer.status, answer.text.encode()) == (200, by_name[name]), (answer.status, name)
    return len(files)


def room_of(crowd: Crowd, message: int) -> str:
    """The room of a message, as the tests call it."""
    return next(said.room for said in crowd.ledger.said.values() if said.pk == message)


# -- Pages -----------------------------------------------------------------------------------


async def pages_are_as_afresh(crowd: Crowd) -> int:
    """Each open page shows what it would show if it were loaded now. How many were compared."""
    pages = [page for page in crowd.pages if page.ended is None]
    for page in pages:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            differences = await differences_of(page)
            if not differences:
                break
            assert asyncio.get_running_loop().time() < deadline, described(crowd, page, differences)
            await asyncio.sleep(1)
    return len(pages)


def described(crowd: Crowd, page: OpenPage, differences: dict[str, tuple[Any, Any]]) -> str:
    """What is other on a page, and where all that arrived there was written."""
    file = crowd.site.folder / f"{page.browser.name}-{page.room}.json"
    file.write_text(json.dumps({"html": page.html, "frames": page.frames, "differences": differences}))
    return f"{page.browser.name}'s page of {page.room} is other in {list(differences)}: {file}"


async def differences_of(page: OpenPage) -> dict[str, tuple[Any, Any]]:
    """What is other on a page than on one that is loaded now."""
    answer = await page.browser.get(page.path)
    if answer.status != 200:
        return {"status": (200, answer.status)}
    afresh, shown = Page(answer.text), page.shown()
    there, here = whats_seen(afresh), whats_seen(shown)
    # It may have been open for longer than a page is long.
    rows = there["rows"]
    here["rows"] = here["rows"][-len(rows) :] if rows else here["rows"]
    return {what: (here[what], there[what]) for what in there if here[what] != there[what]}


def whats_seen(page: Page) -> dict[str, Any]:
    """What of a page is compared."""
    return {
        "rows": page.shown,
        "seen": page.seen,
        "topic": page.topic,
        **{name: listed(page, name) for name in ("favourites", "rooms", "online", "here")},
        # An open page does not move what is read already: that would be because somebody looked.
        "direct": sorted(listed(page, "direct")),
        "counts": [one.get_text() for one in page.soup.select("[data-count]")],
    }


def listed(page: Page, name: str) -> list[str]:
    """What stands in the list with that id. An empty badge is nothing to be seen, whatever it was."""
    return [EMPTY_BADGE.sub(r"<b \1></b>", str(one)) for one in elements(page.find(f"#{name}"))]


def who_is_sent_away_is_told(crowd: Crowd) -> int:
    """A page that stays closed says why, and what was on its way from there stands as not sent."""
    sent_away = [page for page in crowd.pages if page.ended is not None]
    for page in sent_away:
        assert page.ended in (4401, 4403), (page.browser.name, page.room, page.ended)
        assert page.is_told_that_it_ended, (page.browser.name, page.room, page.frames[-3:])
    return len(sent_away)


def unread_is_as_counted(crowd: Crowd) -> int:
    """The number beside each room, on each open page, is that of the messages one has not read there."""
    counted = {(name, pk): number for name, pk, _, _, _, number, _, _ in crowd.site.rows(UNREAD)}
    for name, _, slug, read, posts, _, messages, last in crowd.site.rows(UNREAD):
        assert read <= posts, (name, slug, read, posts)
        assert posts == messages == last, (slug, posts, messages, last)
    compared = 0
    for page in crowd.pages:
        if page.ended is not None:
            continue
        for badge in page.shown().find("#side").find_all("b", class_="unread"):
            pk = re.search(r"unread-of-(\d+)", " ".join(badge["class"]))
            if pk is None:
                continue
            shown = re.match(r"\d+", badge.get_text()) or ["0"]
            expected = min(counted[page.browser.name, int(pk[1])], 100)
            assert int(shown[0]) == min(expected, 99), (page.browser.name, pk[1], badge, expected)
            compared += 1
    return compared


def log_is_quiet(site: Site, expected: tuple[str, ...] = ()) -> None:
    """Nobody had a traceback to tell of, but for what is expected: patterns."""
    log = site.log()
    told = [what for what in tracebacks_in(log) if not any(re.search(one, what) for one in expected)]
    assert not told, "\n".join(told[:5]) + f"\n… {len(told)} in all\n{log[-6000:]}"


def tracebacks_in(log: str) -> list[str]:
    """Each traceback, with the line before it."""
    lines = log.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("Traceback (most recent")]
    return ["\n".join(lines[max(0, start - 1) : start + 60]) for start in starts]
