"""GitHub: signed with X-Hub-Signature-256; what happens to one pull request, issue or run stays together."""

import json
from collections.abc import Callable
from typing import Any

from integrations.incoming.fields import at, line_at, objects_in, text_at
from integrations.incoming.markdown import bold, joined, link, literal
from integrations.incoming.receivers.event import Call, Event, counted, excerpt, is_signed, signature

# Commits of one push that are listed.
COMMITS = 5
SIGNS = {"success": "🟢", "failure": "🔴", "timed_out": "🔴", "cancelled": "⚪", "skipped": "⚪"}


def is_genuine(call: Call, secret: str) -> bool:
    """Whether GitHub sent it."""
    return is_signed(call, "x-hub-signature-256", secret, "sha256=")


def event_name(call: Call) -> str:
    """What GitHub calls it."""
    return call.headers.get("x-github-event", "")


def read(call: Call) -> Event | None:
    """What happened; None where nothing is said of such."""
    about = READERS.get(event_name(call))
    event = about(call.payload) if about else None
    return event and event._replace(delivery=call.headers.get("x-github-delivery", "")[:60])


def who(payload: dict[str, Any]) -> str:
    """Who did it."""
    return bold(literal(line_at(payload, "sender", "login"))) or "Somebody"


def where(payload: dict[str, Any]) -> str:
    """The repository, as a link."""
    return link(
        text_at(payload, "repository", "html_url"), literal(line_at(payload, "repository", "full_name"))
    )


def subject(payload: dict[str, Any], number: object) -> str:
    """What an issue or a pull request, which share their numbers, is known by here."""
    return f"{line_at(payload, 'repository', 'full_name')}#{number}"


def ping(payload: dict[str, Any]) -> Event:
    """The first call of all."""
    return Event(f"{where(payload) or 'GitHub'} is connected with this room.")


def push(payload: dict[str, Any]) -> Event | None:
    """Commits, or a branch that comes or goes; tags are told of when they are released."""
    ref = line_at(payload, "ref")
    if not ref.startswith("refs/heads/"):
        return None
    branch = literal(ref.removeprefix("refs/heads/"))
    if payload.get("deleted") is True:
        return Event(f"{who(payload)} deleted the branch {branch} of {where(payload)}")
    commits = list(objects_in(payload.get("commits"), 2000))
    if not commits:
        return None
    count = link(text_at(payload, "compare"), counted(len(commits), "commit", "commits"))
    forced = "force-pushed" if payload.get("forced") is True else "pushed"
    head = f"{who(payload)} {forced} {count} to {branch} of {where(payload)}"
    lines = [f"- {commit(one)}" for one in commits[:COMMITS]]
    if len(commits) > COMMITS:
        lines.append(f"- and {len(commits) - COMMITS} more")
    return Event(joined(head, "\n".join(lines)))


def commit(one: dict[str, Any]) -> str:
    """A commit in a line: the first of its own."""
    short = literal(line_at(one, "id")[:7])
    title = literal(text_at(one, "message").strip().partition("\n")[0][:120])
    return f"{link(text_at(one, 'url'), short)} {title}".strip()


def pull_request(payload: dict[str, Any]) -> Event | None:
    """A pull request is opened, closed, merged; not each push to it, nor each label."""
    action, one = line_at(payload, "action"), payload.get("pull_request")
    if action == "closed":
        done = "merged" if at(one, "merged") is True else "closed"
    else:
        done = {"opened": "opened", "reopened": "reopened", "ready_for_review": "is ready with"}.get(
            action, ""
        )
    if not done:
        return None
    return numbered(payload, one, f"{who(payload)} {done} the pull request", action == "opened")


def issues(payload: dict[str, Any]) -> Event | None:
    """An issue is opened, closed, reopened."""
    action = line_at(payload, "action")
    if action not in ("opened", "closed", "reopened"):
        return None
    return numbered(payload, payload.get("issue"), f"{who(payload)} {action} the issue", action == "opened")


def numbered(payload: dict[str, Any], one: object, said: str, is_new: bool) -> Event:
    """What is said of an issue or a pull request, with its text where that is new."""
    number = line_at(one, "number")
    title = link(text_at(one, "html_url"), f"#{literal(number)} {literal(line_at(one, 'title'))}")
    text = joined(f"{said} {title} in {where(payload)}", excerpt(at(one, "body")) if is_new else "")
    return Event(text, subject=subject(payload, number))


def comment(payload: dict[str, Any]) -> Event | None:
    """Somebody says something about an issue, or about lines of a pull request."""
    if line_at(payload, "action") != "created":
        return None
    one = payload.get("issue") if isinstance(payload.get("issue"), dict) else payload.get("pull_request")
    number = line_at(one, "number")
    place = link(
        text_at(payload, "comment", "html_url"), f"#{literal(number)} {literal(line_at(one, 'title'))}"
    )
    text = joined(f"{who(payload)} about {place}", excerpt(at(payload, "comment", "body")))
    return Event(text, subject=subject(payload, number))


def review(payload: dict[str, Any]) -> Event | None:
    """A pull request is looked at; what is said about single lines comes as comments."""
    state = line_at(payload, "review", "state").lower()
    done = {"approved": "approved", "changes_requested": "asks for changes in"}.get(state, "")
    if line_at(payload, "action") != "submitted" or not done:
        return None
    one = payload.get("pull_request")
    number = line_at(one, "number")
    place = link(
        text_at(payload, "review", "html_url"), f"#{literal(number)} {literal(line_at(one, 'title'))}"
    )
    text = joined(f"{who(payload)} {done} {place}", excerpt(at(payload, "review", "body")))
    return Event(text, subject=subject(payload, number))


def release(payload: dict[str, Any]) -> Event | None:
    """A release is there."""
    if line_at(payload, "action") != "published":
        return None
    one = payload.get("release")
    name = literal(line_at(one, "name") or line_at(one, "tag_name"))
    said = f"{who(payload)} released {link(text_at(one, 'html_url'), name)} of {where(payload)}"
    return Event(joined(said, excerpt(at(one, "body"))))


def workflow_run(payload: dict[str, Any]) -> Event | None:
    """A run of CI: one message, which says how it stands."""
    one = payload.get("workflow_run")
    number = line_at(one, "id")
    if not number:
        return None
    conclusion = line_at(one, "conclusion")
    sign = SIGNS.get(conclusion, "⚪") if conclusion else "🟡"
    state = literal((conclusion or line_at(one, "status") or "under way").replace("_", " "))
    name = link(text_at(one, "html_url"), literal(line_at(one, "name") or "A run"))
    branch = literal(line_at(one, "head_branch"))
    text = f"{sign} {name}: {state}, {branch} of {where(payload)}"
    return Event(text, subject=f"run {number}", edits=True)


READERS: dict[str, Callable[[dict[str, Any]], Event | None]] = {
    "ping": ping,
    "push": push,
    "pull_request": pull_request,
    "pull_request_review": review,
    "pull_request_review_comment": comment,
    "issues": issues,
    "issue_comment": comment,
    "release": release,
    "workflow_run": workflow_run,
}


def sample(secret: str) -> tuple[dict[str, str], bytes]:
    """A call as GitHub's, signed."""
    payload = {
        "ref": "refs/heads/main",
        "compare": "https://github.com/example/harbour/compare/main",
        "sender": {"login": "octavia"},
        "repository": {"full_name": "example/harbour", "html_url": "https://github.com/example/harbour"},
        "commits": [
            {
                "id": "5f0c1d2e3b4a",
                "url": "https://github.com/example/harbour/commit/5f0c1d2",
                "message": "The lights of the pier are on again\n\nThey were off.",
            }
        ],
    }
    body = json.dumps(payload).encode()
    return {"x-github-event": "push", "x-hub-signature-256": f"sha256={signature(body, secret)}"}, body
