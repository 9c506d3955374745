"""GitLab: X-Gitlab-Token is compared; what is confidential there is for closed rooms alone."""

import json
from collections.abc import Callable
from typing import Any

from integrations.incoming.fields import at, line_at, objects_in, text_at
from integrations.incoming.markdown import bold, joined, link, literal
from integrations.incoming.receivers.event import Call, Event, counted, excerpt, is_same

COMMITS = 5
SIGNS = {"success": "🟢", "failed": "🔴", "canceled": "⚪", "skipped": "⚪"}
# What somebody did to an issue or a merge request, in words.
DONE = {"open": "opened", "close": "closed", "reopen": "reopened", "merge": "merged", "approved": "approved"}
NOTHING = "0" * 40


def is_genuine(call: Call, secret: str) -> bool:
    """Whether it shows the token of the hook."""
    return is_same(call.headers.get("x-gitlab-token", ""), secret)


def event_name(call: Call) -> str:
    """What GitLab calls it."""
    return call.headers.get("x-gitlab-event", "") or line_at(call.payload, "object_kind")


def read(call: Call) -> Event | None:
    """What happened; None where nothing is said of such."""
    payload = call.payload
    about = READERS.get(line_at(payload, "object_kind"))
    event = about(payload) if about else None
    if event is None:
        return None
    delivery = call.headers.get("x-gitlab-event-uuid", "") or call.headers.get("idempotency-key", "")
    return event._replace(confidential=is_confidential(call), delivery=delivery[:60])


def is_confidential(call: Call) -> bool:
    """Whether not everybody in the project may see it: hooks, events and things say so, each in its way."""
    payload = call.payload
    return (
        "confidential" in call.headers.get("x-gitlab-event", "").lower()
        or "confidential" in line_at(payload, "event_type").lower()
        or bool(at(payload, "object_attributes", "confidential"))
        or bool(at(payload, "object_attributes", "internal"))
        or bool(at(payload, "issue", "confidential"))
    )


def who(payload: dict[str, Any]) -> str:
    """Who did it."""
    name = (
        line_at(payload, "user", "name")
        or line_at(payload, "user_name")
        or line_at(payload, "user", "username")
    )
    return bold(literal(name)) or "Somebody"


def where(payload: dict[str, Any]) -> str:
    """The project, as a link."""
    return link(
        text_at(payload, "project", "web_url"), literal(line_at(payload, "project", "path_with_namespace"))
    )


def subject(payload: dict[str, Any], kind: str, number: str) -> str:
    """What an issue or a merge request is known by here."""
    return f"{line_at(payload, 'project', 'path_with_namespace')} {kind} {number}"


def push(payload: dict[str, Any]) -> Event | None:
    """Commits to a branch, or its end."""
    branch = literal(line_at(payload, "ref").removeprefix("refs/heads/"))
    if line_at(payload, "after") == NOTHING:
        return Event(f"{who(payload)} deleted the branch {branch} of {where(payload)}")
    commits = list(objects_in(payload.get("commits"), 100))
    if not commits:
        return None
    total = payload.get("total_commits_count")
    number = total if isinstance(total, int) and total > 0 else len(commits)
    lines = [
        f"- {link(text_at(one, 'url'), literal(line_at(one, 'id')[:8]))} "
        f"{literal(text_at(one, 'message').strip().partition('\n')[0][:120])}"
        for one in commits[:COMMITS]
    ]
    if number > COMMITS:
        lines.append(f"- and {number - COMMITS} more")
    head = f"{who(payload)} pushed {counted(number, 'commit', 'commits')} to {branch} of {where(payload)}"
    return Event(joined(head, "\n".join(lines)))


def issue(payload: dict[str, Any]) -> Event | None:
    """An issue is opened, closed, reopened."""
    return changed(payload, "issue", "#")


def merge_request(payload: dict[str, Any]) -> Event | None:
    """A merge request is opened, merged, closed, approved."""
    return changed(payload, "merge request", "!")


def changed(payload: dict[str, Any], kind: str, sign: str) -> Event | None:
    """What somebody did to one of them; not each change of a label."""
    one = payload.get("object_attributes")
    action = line_at(one, "action")
    if action not in DONE:
        return None
    number = line_at(one, "iid")
    place = link(text_at(one, "url"), f"{sign}{literal(number)} {literal(line_at(one, 'title'))}")
    text = joined(
        f"{who(payload)} {DONE[action]} the {kind} {place} in {where(payload)}",
        excerpt(at(one, "description")) if action == "open" else "",
    )
    return Event(text, subject=subject(payload, kind, number))


def note(payload: dict[str, Any]) -> Event:
    """Somebody says something about an issue, a merge request, or a commit."""
    one = payload.get("object_attributes")
    about = next((name for name in ("issue", "merge_request") if isinstance(payload.get(name), dict)), "")
    number = line_at(payload, about, "iid") if about else ""
    title = literal(line_at(payload, about, "title") or line_at(payload, "commit", "id")[:8] or "something")
    text = joined(f"{who(payload)} about {link(text_at(one, 'url'), title)}", excerpt(at(one, "note")))
    return Event(text, subject=subject(payload, about.replace("_", " "), number) if number else "")


def pipeline(payload: dict[str, Any]) -> Event | None:
    """A run of CI: one message, which says how it stands."""
    one = payload.get("object_attributes")
    number, state = line_at(one, "id"), line_at(one, "status")
    if not number:
        return None
    address = text_at(one, "url") or f"{text_at(payload, 'project', 'web_url')}/-/pipelines/{number}"
    name = link(address, f"Pipeline {literal(number)}")
    words = literal((state or "under way").replace("_", " "))
    text = f"{SIGNS.get(state, '🟡')} {name}: {words}, {literal(line_at(one, 'ref'))} of {where(payload)}"
    return Event(text, subject=f"pipeline {number}", edits=True)


def release(payload: dict[str, Any]) -> Event | None:
    """A release is there."""
    if line_at(payload, "action") != "create":
        return None
    name = link(text_at(payload, "url"), literal(line_at(payload, "name") or line_at(payload, "tag")))
    return Event(joined(f"{name} of {where(payload)} is released", excerpt(payload.get("description"))))


READERS: dict[str, Callable[[dict[str, Any]], Event | None]] = {
    "push": push,
    "issue": issue,
    "merge_request": merge_request,
    "note": note,
    "pipeline": pipeline,
    "release": release,
}


def sample(secret: str) -> tuple[dict[str, str], bytes]:
    """A call as GitLab's, with its token."""
    payload = {
        "object_kind": "pipeline",
        "object_attributes": {"id": 31, "status": "success", "ref": "main"},
        "user": {"name": "Octavia"},
        "project": {
            "path_with_namespace": "example/harbour",
            "web_url": "https://gitlab.com/example/harbour",
        },
    }
    return {"x-gitlab-event": "Pipeline Hook", "x-gitlab-token": secret}, json.dumps(payload).encode()
