"""Alertmanager: each group of alerts is one message, which says how it stands, and is green in the end."""

import json
from typing import Any

from integrations.incoming.fields import at, line_at, line_of, objects_in, text_at
from integrations.incoming.markdown import joined, link, literal
from integrations.incoming.receivers.event import Call, Event, counted

# Alerts of a group that are listed, and labels of each.
ALERTS = 10
LABELS = 6


def is_genuine(call: Call, secret: str) -> bool:
    """It signs nothing: the key in the address is what it knows."""
    return True


def event_name(call: Call) -> str:
    """How the group stands."""
    return line_at(call.payload, "status")


def read(call: Call) -> Event | None:
    """How a group of alerts stands; None for what has none."""
    payload = call.payload
    alerts = list(objects_in(payload.get("alerts"), 1000))
    status = line_at(payload, "status")
    if not alerts and not status:
        return None
    firing = [one for one in alerts if line_at(one, "status") != "resolved"]
    is_over = status == "resolved" if status else not firing
    name = (
        line_at(payload, "title")
        or " ".join(values_of(payload.get("groupLabels")))
        or name_of(payload, alerts)
    )
    count = "resolved" if is_over else f"{counted(len(firing) or len(alerts), 'alert', 'alerts')}"
    heading = link(text_at(payload, "externalURL"), literal(name or "Alerts"))
    lines = [f"- {alert(one)}" for one in (firing or alerts)[:ALERTS]]
    more = len(firing or alerts) - ALERTS + number_of(payload.get("truncatedAlerts"))
    if more > 0:
        lines.append(f"- and {more} more")
    text = joined(f"{'🟢' if is_over else '🔴'} **{heading}**: {count}", "\n".join(lines))
    return Event(text, subject=f"group {key_of(payload)}", edits=True, ends=is_over)


def key_of(payload: dict[str, Any]) -> str:
    """What the group is known by: its key, or else its labels."""
    return text_at(payload, "groupKey") or json.dumps(
        [payload.get("groupLabels") or payload.get("commonLabels"), line_at(payload, "receiver")],
        sort_keys=True, default=str,
    )  # fmt: skip


def name_of(payload: dict[str, Any], alerts: list[dict[str, Any]]) -> str:
    """What its alerts are called, where that is the same."""
    names = {line_at(one, "labels", "alertname") for one in alerts} - {""}
    return line_at(payload, "commonLabels", "alertname") or (names.pop() if len(names) == 1 else "")


def alert(one: dict[str, Any]) -> str:
    """An alert in a line: what it is about, what it says, where more is."""
    said = next((line_at(one, "annotations", name) for name in ("summary", "message", "description")
                 if line_at(one, "annotations", name)), "")  # fmt: skip
    labels = at(one, "labels")
    names = [
        f"{line_of(name, 60)}={line_of(value, 80)}"
        for name, value in (labels.items() if isinstance(labels, dict) else ())
        if name not in ("alertname", "grafana_folder")
    ]
    words = literal(said or line_at(one, "labels", "alertname") or "An alert")
    address = text_at(one, "panelURL") or text_at(one, "dashboardURL") or text_at(one, "generatorURL")
    about = literal(", ".join(sorted(names)[:LABELS]))
    return " ".join(filter(None, (link(address, words) if address else words, f"({about})" if about else "")))


def values_of(labels: object) -> list[str]:
    """The values of some labels."""
    return [line_of(value, 80) for value in labels.values()][:LABELS] if isinstance(labels, dict) else []


def number_of(value: object) -> int:
    """A number that is one; else 0."""
    return value if isinstance(value, int) and 0 < value < 10**9 else 0


def sample(secret: str) -> tuple[dict[str, str], bytes]:
    """A call as Alertmanager's."""
    labels = {"alertname": "TideTooHigh", "pier": "4", "severity": "warning"}
    one = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": "The tide at pier 4 is higher than the pier"},
        "startsAt": "2026-01-31T09:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "https://prometheus.example.org/graph",
        "fingerprint": "f1",
    }
    payload = {
        "version": "4", "groupKey": "{}:{alertname=\"TideTooHigh\"}", "status": "firing",
        "receiver": "parley", "groupLabels": {"alertname": "TideTooHigh"}, "commonLabels": labels,
        "commonAnnotations": {},
        "externalURL": "https://alerts.example.org", "alerts": [one],
    }  # fmt: skip
    return {}, json.dumps(payload).encode()
