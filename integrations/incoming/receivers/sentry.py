"""Sentry: signed with Sentry-Hook-Signature where a secret is set; what is of one issue stays together."""

import json
from typing import Any

from integrations.incoming.fields import at, line_at, line_of, text_at
from integrations.incoming.markdown import bold, joined, link, literal
from integrations.incoming.receivers.event import Call, Event, is_signed, signature

SIGNS = {"fatal": "🔴", "error": "🔴", "warning": "🟡", "info": "⚪", "debug": "⚪"}
DONE = {"created": "is new", "resolved": "is resolved", "unresolved": "is back", "ignored": "is ignored",
        "archived": "is archived", "assigned": ""}  # fmt: skip


def is_genuine(call: Call, secret: str) -> bool:
    """Whether Sentry sent it. The old plugin signs nothing: without a secret the key in the address is it."""
    return not secret or is_signed(call, "sentry-hook-signature", secret)


def event_name(call: Call) -> str:
    """What Sentry calls it."""
    return call.headers.get("sentry-hook-resource", "") or ("plugin" if "project" in call.payload else "")


def read(call: Call) -> Event | None:
    """What happened; None where nothing is said of such."""
    payload = call.payload
    match event_name(call):
        case "issue":
            return issue(payload)
        case "event_alert":
            return alert(payload)
        case "error":
            return None
        case "metric_alert":
            return metric(payload)
        case "plugin":
            return plugin(payload)
    return None


def issue(payload: dict[str, Any]) -> Event | None:
    """An issue is new, or resolved, or back."""
    one, done = at(payload, "data", "issue"), DONE.get(line_at(payload, "action"), "")
    if not done or not isinstance(one, dict):
        return None
    sign = "🟢" if done == "is resolved" else sign_of(one)
    project = line_at(one, "project", "name") or line_at(one, "project", "slug")
    return Event(said(sign, one, done, project), subject=f"issue {line_of(one.get('id'))}")


def alert(payload: dict[str, Any]) -> Event:
    """A rule says that something happened once more: in the thread of its issue."""
    one = at(payload, "data", "event")
    rule = literal(line_at(payload, "data", "triggered_rule"))
    text = said(sign_of(one), one, f"({rule})" if rule else "", line_at(one, "project_name"))
    return Event(text, subject=f"issue {line_at(one, 'issue_id')}" if line_at(one, "issue_id") else "")


def metric(payload: dict[str, Any]) -> Event:
    """A number is out of its bounds, or within them again: one message."""
    action, data = line_at(payload, "action"), at(payload, "data")
    sign = {"critical": "🔴", "warning": "🟡", "resolved": "🟢"}.get(action, "⚪")
    name = link(text_at(data, "web_url"), literal(line_at(data, "description_title") or "A metric"))
    text = joined(f"{sign} **{name}**: {literal(action)}", literal(line_at(data, "description_text")))
    known = line_at(data, "metric_alert", "id") or line_at(data, "description_title")
    return Event(text, subject=f"metric {known}", edits=True, ends=action == "resolved")


def plugin(payload: dict[str, Any]) -> Event:
    """What the old plugin sends."""
    one = payload.get("event")
    title = line_at(one, "title") or line_at(payload, "message") or line_at(payload, "culprit")
    shown = {"title": title, "web_url": payload.get("url"), "culprit": payload.get("culprit"),
             "level": payload.get("level")}  # fmt: skip
    text = said(sign_of(shown), shown, "", line_at(payload, "project_name") or line_at(payload, "project"))
    return Event(text, subject=f"issue {line_of(payload.get('id'))}" if payload.get("id") else "")


def said(sign: str, one: object, done: str, project: str) -> str:
    """An issue in a line, and where it is."""
    title = literal(line_at(one, "title") or "Something")
    address = text_at(one, "web_url") or text_at(one, "permalink")
    short = literal(line_at(one, "shortId"))
    head = " ".join(filter(None, (sign, bold(link(address, title)), short, done)))
    about = " · ".join(filter(None, (literal(line_at(one, "culprit")), literal(project))))
    return "\n".join(filter(None, (head, about)))


def sign_of(one: object) -> str:
    """How bad it is, as a picture."""
    return SIGNS.get(line_at(one, "level"), "🔴")


def sample(secret: str) -> tuple[dict[str, str], bytes]:
    """A call as Sentry's, signed."""
    one = {
        "id": "1170", "shortId": "HARBOUR-7", "title": "ValueError: no such pier", "culprit": "piers.find",
        "level": "error", "web_url": "https://sentry.example.org/issues/1170/",
        "project": {"name": "harbour", "slug": "harbour"},
    }  # fmt: skip
    payload = {
        "action": "created",
        "data": {"issue": one},
        "actor": {"type": "application", "name": "Sentry"},
    }
    body = json.dumps(payload).encode()
    return {"sentry-hook-resource": "issue", "sentry-hook-signature": signature(body, secret)}, body
