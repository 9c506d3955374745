"""Programs speak in a room by an address: as to Slack, or as to Mattermost."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from integrations.actions import hook_calls
from integrations.actions.hooks import remove_hook, renew_key
from integrations.actions.outgoing_hooks import remove_outgoing
from integrations.models import Hook, HookCall
from rooms.actions.members import take_out
from rooms.models import Membership, Message, Room


def slack(hook) -> str:
    return f"/services/T1/B{hook.pk}/{hook.key}"


def send(address: str, payload: object, **how):
    return Client().post(address, json.dumps(payload), content_type="application/json", **how)


def newest() -> Message:
    return Message.objects.latest("pk")


def test_slack_json_is_said_by_the_bot(hook_of, client_of, alice):
    hook = hook_of()
    answer = send(slack(hook), {"text": "*Done* by <@alice>", "username": "Nightly", "icon_emoji": ":tada:"})
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (
        200, b"ok", "text/plain; charset=utf-8",
    )  # fmt: skip
    assert not answer.cookies
    page = client_of(alice).get("/rooms/general/").content.decode()
    assert "<strong>Done</strong>" in page
    assert f'data-person="{alice.pk}"' in page
    assert 'title="Builds">Nightly</a>' in page
    assert "🎉" in page


def test_another_look_has_a_heading_of_its_own(hook_of, client_of, alice):
    hook = hook_of()
    for icon in (":tada:", ":tada:", ":eyes:"):
        send(slack(hook), {"text": f"for {icon}", "username": "Nightly", "icon_emoji": icon})

    said = Message.objects.filter(notice=None).order_by("pk")
    assert list(said.values_list("starts_group", flat=True)) == [True, False, True]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"text": "**Done**"}', "application/json"),
        ('{"text": "**Done**"}', ""),
        ('{"text": "**Done**"}', "application/x-www-form-urlencoded"),
        ("payload=%7B%22text%22%3A%20%22**Done**%22%7D", "application/x-www-form-urlencoded"),
        ("text=**Done**", "application/x-www-form-urlencoded"),
        (
            '--x\r\nContent-Disposition: form-data; name="payload"\r\n\r\n{"text": "**Done**"}\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_mattermost_has_many_forms(hook_of, body, content_type):
    answer = Client().generic("POST", f"/hooks/{hook_of().key}", body, content_type=content_type)
    assert answer.content == b"ok"
    assert newest().body == "**Done**"


def test_an_answer_goes_into_a_thread(hook_of):
    hook = hook_of()
    ts = send(slack(hook), {"text": "Begun"})["Parley-Message-Ts"]
    send(slack(hook), {"text": "Done", "thread_ts": ts})
    begun = newest().reply_to
    assert begun is not None
    assert begun.body == "Begun"
    # What is known nowhere is said nevertheless.
    send(slack(hook), {"text": "Lost", "thread_ts": "1700000000.000001"})
    assert (newest().body, newest().reply_to) == ("Lost", None)


def test_what_is_long_is_parted(hook_of):
    send(slack(hook_of()), {"text": "```" + "line\n" * 4000 + "```"})
    parts = Message.objects.filter(author__is_bot=True).order_by("pk")
    assert len(parts) == 3
    assert all(part.html.count("<pre") == 1 for part in parts)


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (b"{", 400, "invalid_payload"),
        (b"[]", 400, "invalid_payload"),
        (b"\xff\xfe", 400, "invalid_payload"),
        (b'{"a":' * 20_000, 400, "invalid_payload"),
        (b"{}", 400, "no_text"),
        (b'{"text": null, "attachments": null, "blocks": null}', 400, "no_text"),
        (b'{"text": "x", "channel": "#nowhere"}', 404, "channel_not_found"),
        (b'{"text": "' + b"x" * 110_000 + b'"}', 413, "invalid_payload"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(hook_of, body, status, word):
    hook = hook_of()
    answer = Client().post(slack(hook), body, content_type="application/json")
    assert (answer.status_code, answer.content.decode()) == (status, word)
    error = Client().post(f"/hooks/{hook.key}", body, content_type="application/json").json()
    assert (error["status_code"], word in error["id"]) == (status, True)
    assert hook.calls.count() == 2
    assert not Message.objects.filter(author=hook.bot).exists()


def test_it_is_over_with_its_maker_and_with_its_room(hook_of, alice, general):
    hook = hook_of()
    place = Membership.objects.filter(person=alice, room=general)

    def refused() -> tuple[int, str]:
        answer = send(slack(hook), {"text": "x"})
        return answer.status_code, answer.content.decode()

    Room.objects.filter(pk=general.pk).update(archived_at=timezone.now())
    assert refused() == (410, "channel_is_archived")
    Room.objects.filter(pk=general.pk).update(archived_at=None)
    alice.is_active = False
    alice.save()
    assert refused() == (403, "action_prohibited")
    alice.is_active = True
    alice.save()
    place.delete()
    assert refused() == (403, "action_prohibited")


def test_a_new_address_ends_the_old_one(hook_of, alice):
    hook = hook_of()
    place = Membership.objects.select_related("room", "person").get(person=alice, room=hook.room)
    renew_key(place, hook)
    assert send(slack(hook), {"text": "x"}).content == b"no_service"
    hook.refresh_from_db()
    assert send(slack(hook), {"text": "x"}).content == b"ok"
    remove_hook(place, hook)
    assert send(slack(hook), {"text": "x"}).content == b"no_service"
    assert not Membership.objects.filter(person=hook.bot).exists()


def test_the_audit_says_who_made_and_who_removed_it(hook_of, outgoing_of, alice, client_of):
    Person.objects.filter(pk=alice.pk).update(role="owner")
    for hook, remove in ((hook_of(), remove_hook), (outgoing_of(), remove_outgoing)):
        remove(Membership.objects.select_related("room", "person").get(person=alice), hook)
    audit = client_of(alice).get("/administration/audit/").content.decode()
    for words in ("Builds, chat", "Robot, messages"):
        assert audit.count(f"<bdi>{words}</bdi>") == 2
    assert (
        audit.count("</bdi></strong> made the hook of")
        == audit.count("</bdi></strong> removed the hook of")
        == 2
    )


def test_it_calls_everybody_where_its_maker_may(hook_of, alice, general):
    hook = hook_of()
    Room.objects.filter(pk=general.pk).update(who_calls="moderators")
    send(slack(hook), {"text": "<!channel> up"})
    assert newest().calls == "room"
    Membership.objects.filter(person=alice).update(role="member")
    send(slack(hook), {"text": "<!channel> down"})
    assert (newest().calls, newest().body) == ("", r"\@room down")


def test_it_speaks_elsewhere_where_its_maker_moderates(hook_of, alice, general):
    hook = hook_of()
    pier = Room.objects.create(name="Pier", slug="pier")
    mine = Membership.objects.create(room=pier, person=alice)
    assert send(slack(hook), {"text": "x", "channel": "#pier"}).content == b"channel_not_found"
    Membership.objects.filter(pk=mine.pk).update(role="moderator")
    assert send(slack(hook), {"text": "x", "channel": "#pier"}).content == b"ok"
    assert newest().room == pier
    # Where somebody has taken the bot out, it stays out.
    take_out(Membership.objects.get(room=pier, person=hook.bot))
    assert send(slack(hook), {"text": "x", "channel": "#pier"}).content == b"action_prohibited"


def test_no_more_than_so_many_a_minute(hook_of, monkeypatch):
    monkeypatch.setattr(hook_calls.CALL_LIMIT, "most", 1)
    hook = hook_of()
    assert send(slack(hook), {"text": "x"}).status_code == 200
    answer = send(slack(hook), {"text": "x"})
    assert (answer.status_code, answer.content, answer["Retry-After"]) == (429, b"rate_limited", "60")


def test_its_log_keeps_fifty(hook_of):
    hook = hook_of()
    HookCall.objects.bulk_create([HookCall(hook=hook, status=200, outcome="x", came="x") for _ in range(60)])
    send(slack(hook), {"text": "the last"})
    assert hook.calls.count() == 50
    assert "the last" in hook.calls.first().came


def test_it_is_changed_on_its_page(hook_of, client_of, alice, bob):
    hook = hook_of("github")
    page = f"/rooms/general/settings/hooks/{hook.pk}/"
    client_of(alice).post(page, {"do": "change", "name": "Nightly", "secret": "theirs", "buttons_to": ""})
    changed = Hook.objects.select_related("bot").get()
    assert (changed.name, changed.bot.name, changed.secret) == ("Nightly", "Nightly", "theirs")
    # GitHub signs with something: an empty secret is a new one.
    client_of(alice).post(page, {"do": "change", "name": "Nightly"})
    assert len(Hook.objects.get().secret) == 26
    assert client_of(alice).post(page, {"do": "change", "name": ""}).status_code == 422
    assert client_of(bob).post(page, {"do": "change", "name": "Mine"}).status_code == 404
