"""Programs elsewhere are told what people say, and what they answer is said."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from integrations.actions.outgoing_calls import send_due
from integrations.models import OutgoingCall, OutgoingHook
from rooms.actions.messages_post import post_message
from rooms.files.signing import signature
from rooms.models import Membership, Message, Room

pytestmark = pytest.mark.django_db(transaction=True)


def say(person, text: str) -> None:
    post_message(Membership.objects.get(person=person, room__slug="general"), text)


def bots() -> list[str]:
    """What bots have said."""
    found = Message.objects.filter(author__is_bot=True).order_by("pk")
    return list(found.values_list("body", flat=True))


def after(**time: float) -> None:
    """What the worker does so much later."""
    send_due(timezone.now() + datetime.timedelta(**time))


def test_a_trigger_word_is_told_and_answered(outgoing_of, elsewhere, alice, bob):
    hook = outgoing_of(words="build, deploy")
    elsewhere.words = '{"text": "*Building*", "username": "Crane", "response_type": "comment"}'
    say(bob, "Nothing to build")
    say(bob, "build the pier")
    (posted,) = elsewhere.posted
    fields, message = posted.fields, Message.objects.get(body="build the pier")
    assert fields["text"] == "build the pier"
    assert (fields["trigger_word"], fields["user_name"], fields["channel_name"]) == (
        "build",
        "bob",
        "general",
    )
    assert (fields["token"], fields["post_id"]) == (hook.token, str(message.pk))
    head = posted.headers
    signed = signature(hook.secret, head["webhook-id"], int(head["webhook-timestamp"]), posted.body)
    assert head["webhook-signature"] == signed
    answer = Message.objects.latest("pk")
    assert (answer.body, answer.shown_name, answer.reply_to_id) == ("**Building**", "Crane", message.pk)
    assert not OutgoingCall.objects.exists()


def test_bots_wake_no_bot(outgoing_of, elsewhere, alice):
    outgoing_of()
    outgoing_of(name="Another")
    elsewhere.words = "an answer"
    say(alice, "hello")
    assert len(elsewhere.posted) == 2
    assert bots() == ["an answer"] * 2


def test_what_is_not_taken_is_tried_again(outgoing_of, elsewhere, alice):
    hook = outgoing_of()
    elsewhere.status = 500
    say(alice, "one")
    say(alice, "two")
    # The second waits until the first is taken.
    assert [posted.fields["text"] for posted in elsewhere.posted] == ["one"]
    hook.refresh_from_db()
    assert (hook.problem, hook.failing_since is None) == ("500 Internal Server Error", False)
    elsewhere.status = 200
    after(minutes=2)
    assert [posted.fields["text"] for posted in elsewhere.posted] == ["one", "one", "two"]
    assert elsewhere.posted[0].headers["webhook-id"] == elsewhere.posted[1].headers["webhook-id"]
    hook.refresh_from_db()
    assert (hook.problem, hook.failing_since) == ("", None)


class Ended(BaseException):
    """As if the process were gone."""


def end_before_an_answer_is_said(execute, sql, *words):
    if sql.startswith('INSERT INTO "rooms_message"'):
        raise Ended
    return execute(sql, *words)


def end_before_a_room_is_made(execute, sql, *words):
    if sql.startswith('INSERT INTO "rooms_room"'):
        raise Ended
    return execute(sql, *words)


def test_what_is_answered_is_said_also_where_the_worker_ends_before(outgoing_of, elsewhere, alice):
    outgoing_of()
    elsewhere.status = 500
    say(alice, "one")
    elsewhere.status, elsewhere.words = 200, "an answer"
    with pytest.raises(Ended), connection.execute_wrapper(end_before_an_answer_is_said):
        after(minutes=2)
    elsewhere.words = "another"
    after(minutes=4)
    after(minutes=6)
    assert (bots(), len(elsewhere.posted)) == (["an answer"], 2)
    assert not OutgoingCall.objects.exists()


def test_a_later_call_with_the_number_of_an_earlier_one_is_answered_as_well(outgoing_of, elsewhere, alice):
    """As after a restore: the numbers of calls, which are gone once they are done, begin anew."""
    hook = outgoing_of()
    elsewhere.status = 500
    for text in ("one", "two"):
        say(alice, text)
        OutgoingCall.objects.update(id=1)
        elsewhere.status, elsewhere.words = 200, "done"
        after(minutes=2)
        elsewhere.status = 500
    assert bots() == ["done", "done"]
    assert not hook.calls.exists()


def test_the_order_is_kept_where_the_worker_ends(outgoing_of, elsewhere, alice):
    outgoing_of()
    elsewhere.status = 500
    say(alice, "one")
    say(alice, "two")
    elsewhere.status, elsewhere.words = 200, "an answer"
    with pytest.raises(Ended), connection.execute_wrapper(end_before_an_answer_is_said):
        after(minutes=2)
    after(minutes=4)
    after(minutes=6)
    assert [posted.fields["text"] for posted in elsewhere.posted] == ["one", "one", "two"]
    answered = Message.objects.filter(author__is_bot=True).order_by("pk").values_list("token", flat=True)
    assert len(set(answered)) == 2


def test_a_hook_is_not_switched_off_by_a_worker_that_ends_before_it_says_so(outgoing_of, elsewhere, alice):
    outgoing_of()
    elsewhere.status = 500
    say(alice, "one")
    elsewhere.status = 410
    with pytest.raises(Ended), connection.execute_wrapper(end_before_a_room_is_made):
        after(minutes=2)
    after(minutes=4)
    assert [text.partition(":")[0] for text in bots()] == ["Robot in general is switched off"]


def test_a_day_of_failures_switches_it_off_and_its_maker_is_told(outgoing_of, elsewhere, alice, client_of):
    hook = outgoing_of()
    elsewhere.status = 503
    say(alice, "one")
    after(hours=25)
    hook.refresh_from_db()
    assert hook.off_at is not None
    assert "503 Service Unavailable" in Message.objects.get(room__kind="direct", author=hook.bot).body
    say(alice, "two")
    assert len(elsewhere.posted) == 2
    assert not Room.objects.get(slug="general").is_listened
    page = f"/rooms/general/settings/hooks/outgoing/{hook.pk}/"
    assert "It is switched off:" in client_of(alice).get(page).content.decode()
    client_of(alice).post(page, {"do": "on"})
    elsewhere.status = 200
    say(alice, "three")
    assert len(elsewhere.posted) == 3


def test_it_hears_nothing_once_its_maker_is_gone(outgoing_of, elsewhere, alice, bob):
    outgoing_of()
    Membership.objects.filter(person=alice).delete()
    say(bob, "a secret")
    assert elsewhere.posted == []
    assert OutgoingHook.objects.get().off_at is not None


def test_this_machine_is_not_asked(outgoing_of, elsewhere, settings, alice):
    hook = outgoing_of()
    settings.NOTIFICATION_NETWORKS = []
    say(alice, "hello")
    assert elsewhere.posted == []
    hook.refresh_from_db()
    assert hook.problem.endswith("is not of the public web")


@pytest.mark.parametrize("words", ["help", "me", "two words", "ÄÖ", "", "x1"])
def test_a_command_has_a_name_of_its_own(outgoing_of, client_of, alice, words):
    outgoing_of()
    form = {"kind": "command", "name": "Weather", "address": "https://example.org/", "words": words}
    answer = client_of(alice).post("/rooms/general/settings/hooks/outgoing/", form)
    assert answer.status_code == 422
    assert "letters from a to z" in answer.content.decode()


def test_it_is_changed_on_its_page(outgoing_of, client_of, alice):
    hook = outgoing_of("command", words="sky")
    page = f"/rooms/general/settings/hooks/outgoing/{hook.pk}/"
    form = {
        "do": "change",
        "name": "Weather",
        "address": "https://example.org/",
        "words": "/rain",
        "hint": "",
    }
    client_of(alice).post(page, form)
    hook = OutgoingHook.objects.select_related("bot").get()
    assert (hook.name, hook.bot.name, hook.words) == ("Weather", "Weather", "rain")
    assert client_of(alice).post(page, form | {"address": "nowhere"}).status_code == 422
    client_of(alice).post(page, form | {"words": "help"})
    assert OutgoingHook.objects.get().words == "rain"
