"""What other services tell of is said in a room: a message an event; what belongs together stays so."""

import hashlib
import hmac
import json

import pytest
from django.test import Client

from integrations.actions.hook_calls import RECEIVERS, send_sample
from integrations.incoming.receivers.event import Call
from rooms.models import Message
from rooms.models.room import Room

REPOSITORY = {"full_name": "example/harbour", "html_url": "https://example.org/harbour"}
PROJECT = {"path_with_namespace": "example/harbour", "web_url": "https://example.org/harbour"}


def tell(hook, payload: object, **headers: str) -> str:
    """Send it as that service does; the last line of the log."""
    body = json.dumps(payload)
    signature = hmac.new(hook.secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    signed = {
        "github": {"X-Hub-Signature-256": f"sha256={signature}"},
        "gitlab": {"X-Gitlab-Token": hook.secret},
        "sentry": {"Sentry-Hook-Signature": signature},
    }.get(hook.kind, {})
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    Client().post(f"/hooks/{hook.key}", body, content_type="application/json", headers=signed | sent)
    return hook.calls.first().outcome


def said(hook) -> list[str]:
    """What the bot says now, in the order in which it began to."""
    return list(Message.objects.filter(author=hook.bot).order_by("pk").values_list("body", flat=True))


def github(hook, event: str, delivery: str = "", **payload: object) -> str:
    sender = {"sender": {"login": "octavia"}, "repository": REPOSITORY}
    return tell(hook, sender | payload, X_GitHub_Event=event, X_GitHub_Delivery=delivery)


def test_a_push(hook_of):
    hook = hook_of("github")
    commits = [
        {"id": f"{n:040}", "message": f"Fix @alice [{n}]\nmore", "url": "https://example.org/c"}
        for n in range(7)
    ]
    for _ in range(2):
        github(hook, "push", "d-1", ref="refs/heads/main", commits=commits, compare="https://example.org/x")
    (text,) = said(hook)
    assert text.startswith(
        "**octavia** pushed [7 commits](https://example.org/x) to main of [example/harbour](https://example.org/harbour)"
    )
    assert text.count("\n- ") == 6
    assert r"Fix \@alice \[0\]" in text
    assert "more" not in text.split("and 2 more")[0]


def test_a_pull_request_is_a_thread(hook_of):
    hook = hook_of("github")
    one = {
        "number": 7,
        "title": "Lights",
        "html_url": "https://example.org/7",
        "body": "So @room can see",
        "merged": True,
    }
    github(hook, "pull_request", action="opened", pull_request=one)
    assert github(hook, "pull_request", action="synchronize", pull_request=one).startswith("ignored")
    github(hook, "issue_comment", action="created", issue=one, comment={"body": "Well", "html_url": None})
    assert github(hook, "pull_request", action="closed", pull_request=one) == "answered the message about it"
    first, *others = Message.objects.filter(author=hook.bot).order_by("pk")
    assert [message.thread_id for message in others] == [first.pk] * 2
    assert first.calls == ""
    assert "merged the pull request" in others[1].body


def test_a_run_is_one_message(hook_of):
    hook = hook_of("github")
    run = {"id": 5, "name": "Tests", "head_branch": "main", "html_url": "https://example.org/5"}
    github(
        hook, "workflow_run", action="requested", workflow_run=run | {"status": "queued", "conclusion": None}
    )
    github(hook, "workflow_run", action="completed", workflow_run=run | {"conclusion": "failure"})
    assert [text[0] for text in said(hook)] == ["🔴"]


def test_alerts_of_a_group_are_one_message_until_it_is_over(hook_of):
    hook = hook_of("alertmanager")

    def alerts(status: str, *names: str) -> None:
        listed = [
            {"status": status, "labels": {"alertname": name}, "endsAt": "0001-01-01T00:00:00Z"}
            for name in names
        ]
        tell(hook, {"version": "4", "groupKey": "k", "status": status, "alerts": listed})

    alerts("firing", "Tide")
    alerts("firing", "Tide", "Fog")
    alerts("resolved", "Tide", "Fog")
    assert [text[0] for text in said(hook)] == ["🟢"]
    alerts("firing", "Tide")
    assert [text[0] for text in said(hook)] == ["🟢", "🔴"]


def test_grafana_of_three_generations(hook_of):
    hook = hook_of("grafana")
    tell(
        hook,
        {
            "ruleId": 1,
            "ruleName": "Fog",
            "state": "alerting",
            "evalMatches": [{"metric": "a", "value": None}],
        },
    )
    tell(hook, {"ruleId": 1, "ruleName": "Fog", "state": "ok", "evalMatches": None})
    tell(
        hook,
        {"title": "[FIRING:1] Fog", "state": "alerting", "alerts": [{"labels": {"a": "b"}, "values": None}]},
    )
    assert [text.split("\n")[0] for text in said(hook)] == [
        "🟢 **Fog**: ok",
        r"🔴 **\[FIRING:1\] Fog**: 1 alert",
    ]


def test_what_is_confidential_is_for_closed_rooms(hook_of):
    hook = hook_of("gitlab")
    secret = {
        "object_kind": "issue", "event_type": "confidential_issue", "project": PROJECT,
        "object_attributes": {"action": "open", "iid": 3, "title": "Leak", "confidential": True},
    }  # fmt: skip
    assert tell(hook, secret, X_Gitlab_Event="Confidential Issue Hook").startswith(
        "ignored: it is confidential"
    )
    note = {"object_kind": "note", "object_attributes": {"note": "x"}, "issue": {"confidential": True}}
    assert tell(hook, note, X_Gitlab_Event="Note Hook").startswith("ignored: it is confidential")
    assert said(hook) == []
    Room.objects.filter(pk=hook.room_id).update(kind="closed")
    assert tell(hook, secret) == "posted"


def test_sentry_of_two_generations(hook_of):
    hook = hook_of("sentry")
    issue = {"id": "1", "title": "ValueError", "web_url": "https://example.org/1", "level": "error"}
    tell(hook, {"action": "created", "data": {"issue": issue}}, Sentry_Hook_Resource="issue")
    tell(hook, {"action": "resolved", "data": {"issue": issue}}, Sentry_Hook_Resource="issue")
    tell(
        hook,
        {"project": "harbour", "level": "warning", "url": "https://example.org/2", "event": {"title": "Old"}},
    )
    texts = said(hook)
    assert [text[0] for text in texts] == ["🔴", "🟢", "🟡"]
    assert Message.objects.filter(author=hook.bot, thread__isnull=False).count() == 1


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_what_is_not_signed_is_refused(hook_of, kind):
    hook = hook_of(kind)
    for headers in ({}, {"X-Gitlab-Token": "", "X-Hub-Signature-256": "sha256="}, {"X-Gitlab-Token": "ä"}):
        answer = Client().post(f"/hooks/{hook.key}", "{}", content_type="application/json", headers=headers)
        assert answer.status_code == 403
    assert said(hook) == []


def test_what_is_unknown_is_ignored_and_noted(hook_of):
    hook = hook_of("github")
    assert github(hook, "sponsorship", action="created").startswith("ignored")
    assert (hook.calls.first().status, hook.calls.first().event) == (200, "sponsorship")


@pytest.mark.parametrize("kind", [*RECEIVERS, "chat"])
def test_a_sample_of_each(hook_of, kind):
    hook = hook_of(kind)
    assert send_sample(hook).status == 200
    assert len(said(hook)) == 1


# What is asked of each by name, with nothing of it, and with other kinds of things.
EVENTS = {
    "github": [("x-github-event", name) for name in RECEIVERS["github"].READERS],
    "gitlab": [("object_kind", name) for name in RECEIVERS["gitlab"].READERS],
    "sentry": [("sentry-hook-resource", name) for name in ("issue", "event_alert", "metric_alert", "plugin")],
    "alertmanager": [("", "")],
    "grafana": [("", "")],
}
ACTIONS = ("opened", "closed", "created", "submitted", "published", "open", "create", "resolved", "")
FIELDS = (
    "repository", "project", "sender", "user", "commits", "pull_request", "issue", "review", "comment",
    "release", "workflow_run", "object_attributes", "merge_request", "commit", "alerts", "groupLabels",
    "commonLabels", "status", "truncatedAlerts", "ruleName", "evalMatches", "data", "event", "ref",
    "labels", "annotations", "level", "message",
)  # fmt: skip


@pytest.mark.parametrize("kind", list(EVENTS))
@pytest.mark.parametrize(
    "value", [None, "x" * 50_000, 10**300, [], {}, [None, {}, []], {"iid": [], "id": {}, "labels": 1}]
)
def test_any_field_may_be_anything(kind, value):
    for header, name in EVENTS[kind]:
        for action in ACTIONS:
            payload = dict.fromkeys(FIELDS, value) | {"action": action, "state": action, header: name}
            event = RECEIVERS[kind].read(Call({header: name}, b"", payload))
            assert event is None or event.text.strip()
