"""Grafana, in its three generations: a rule and its state; alerts as Alertmanager's; those with a title."""

import json
from typing import Any

from integrations.incoming.fields import line_at, line_of, objects_in, text_at
from integrations.incoming.markdown import bare, joined, link, literal
from integrations.incoming.receivers import alertmanager
from integrations.incoming.receivers.event import Call, Event, excerpt

# What a rule of the first generation says of itself.
SIGNS = {"ok": "🟢", "alerting": "🔴", "no_data": "🟡", "pending": "🟡", "paused": "⚪"}
MATCHES = 10


def is_genuine(call: Call, secret: str) -> bool:
    """It signs nothing by itself: the key in the address is what it knows."""
    return True


def event_name(call: Call) -> str:
    """How it stands."""
    return line_at(call.payload, "state") or line_at(call.payload, "status")


def read(call: Call) -> Event | None:
    """How something stands that is watched."""
    if "ruleName" in call.payload or "ruleId" in call.payload:
        return rule(call.payload)
    return alertmanager.read(call)


def rule(payload: dict[str, Any]) -> Event:
    """A rule of Grafana before 8: one message, until it is well again."""
    state = line_at(payload, "state").lower()
    name = literal(line_at(payload, "ruleName") or line_at(payload, "title") or "A rule")
    lines = [
        f"- {literal(line_at(one, 'metric'))}: {literal(line_of(one.get('value')) or '–')}"
        for one in objects_in(payload.get("evalMatches"), MATCHES)
    ]
    heading = link(text_at(payload, "ruleUrl"), name)
    head = f"{SIGNS.get(state, '⚪')} **{heading}**: {literal(state or 'unknown')}"
    text = joined(head, excerpt(payload.get("message")), "\n".join(lines), bare(text_at(payload, "imageUrl")))
    known = line_of(payload.get("ruleId")) or line_at(payload, "ruleName")
    return Event(text, subject=f"rule {known}", edits=True, ends=state == "ok")


def sample(secret: str) -> tuple[dict[str, str], bytes]:
    """A call as Grafana's of today."""
    one = {
        "status": "firing",
        "labels": {"alertname": "Fog", "grafana_folder": "Harbour"},
        "annotations": {"summary": "One cannot see the lighthouse"},
        "dashboardURL": "https://grafana.example.org/d/harbour",
        "values": {"B": 12.5},
        "fingerprint": "f2",
    }
    payload = {
        "receiver": "parley", "status": "firing", "alerts": [one], "groupKey": "{}:{alertname=\"Fog\"}",
        "groupLabels": {"alertname": "Fog"}, "title": "[FIRING:1] Fog", "state": "alerting",
        "externalURL": "https://grafana.example.org/", "message": "One cannot see the lighthouse",
    }  # fmt: skip
    return {}, json.dumps(payload).encode()
