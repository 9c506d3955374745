"""What goes by ntfy, Gotify and webhooks, to a real server, and what becomes of what it does not take."""

import datetime
import json
import time
from contextlib import suppress
from email.header import decode_header
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import departures
from accounts.models import Person
from live.limits import FixedWindowLimit
from notifications import delivering, gathering, posting, preferences, waiting, ways
from notifications.models import PendingDelivery, PendingMail, Way
from notifications.tests.test_ending_worker import Ended, end_before
from notifications.tests.test_mails import AFTER, USUAL, read
from rooms.actions.direct import open_direct
from rooms.actions.messages_delete import remove_message
from rooms.files.signing import signature
from rooms.models import Membership
from rooms.tests.saying import say

SECRETS = {"ntfy": "tk_secret", "gotify": "Asecret"}


def add(person: Person, kind: str, server: Any, **more: Any) -> Way:
    """A way of `person` to the server."""
    chosen = {"address": server.address, "secret": SECRETS.get(kind, "")} | more
    if kind == "ntfy":
        chosen |= {"topic": "bobs"}
    return ways.make_way(person, kind, **chosen)


@pytest.fixture
def talk(general, alice, bob) -> str:
    """The slug of what alice and bob say to each other."""
    return open_direct(alice, [bob]).slug


# -- It works ----------------------------------------------------------------------------


def test_ntfy_says_who_and_how_many_and_no_more(server, alice, bob, talk, work, mailoutbox):
    add(bob, "ntfy", server)
    first = say(alice, talk, "a secret")
    say(alice, talk, "another")
    work(AFTER, 13, 60)
    (posted,) = server.posted
    assert posted.path == "/bobs"
    assert posted.headers["title"] == "alice: 2 messages"
    assert posted.headers["click"] == f"http://localhost:8000{first.get_absolute_url()}"
    assert posted.headers["authorization"] == "Bearer tk_secret"
    assert posted.headers["priority"] == "default"
    assert posted.headers["x-sequence-id"].startswith("missed-")
    assert posted.body == "From alice"
    # And mail goes on.
    assert len(mailoutbox) == 1


def test_names_that_are_not_ascii_are_a_header_all_the_same(server, alice, bob, talk, work):
    Person.objects.filter(pk=alice.pk).update(display_name="Zoë 👋")
    add(bob, "ntfy", server)
    say(alice, talk, "hello")
    work(AFTER)
    [(title, charset)] = decode_header(server.posted[0].headers["title"])
    assert title.decode(charset) == "Zoë 👋: 1 message"


def test_with_what_was_said_only_where_that_is_wanted(server, alice, bob, general, work):
    add(bob, "ntfy", server, with_text=True)
    say(alice, "general", "@bob look **here**")
    work(AFTER)
    (posted,) = server.posted
    assert posted.headers["title"] == "general: 1 message for you"
    assert posted.body == "alice: @bob look here"


def test_much_text_is_no_file(server, alice, bob, talk, work):
    add(bob, "ntfy", server, with_text=True)
    for _ in range(10):
        say(alice, talk, "ש" * 590)
    work(AFTER)
    assert len(server.posted[0].body.encode()) <= 4096


def test_gotify(server, alice, bob, general, work):
    add(bob, "gotify", server)
    said = say(alice, "general", "@room all of you")
    work(AFTER)
    (posted,) = server.posted
    assert (posted.path, posted.headers["x-gotify-key"]) == ("/message", "Asecret")
    body = json.loads(posted.body)
    assert (body["title"], body["message"]) == ("general: 1 message for you", "From alice")
    click = body["extras"]["client::notification"]["click"]["url"]
    assert click == f"http://localhost:8000{said.get_absolute_url()}"


def test_a_webhook_is_signed(server, alice, bob, talk, work):
    way = add(bob, "webhook", server, address=f"{server.address}/hook?x=1")
    say(alice, talk, "a secret")
    work(AFTER)
    (posted,) = server.posted
    assert posted.path == "/hook?x=1"
    said, head = json.loads(posted.body), posted.headers
    assert said["type"] == "messages.missed"
    assert said["data"]["count"] == 1
    assert said["data"]["room"]["is_direct"]
    assert said["data"]["messages"][0]["author"] == {"username": "alice", "name": "alice"}
    assert "a secret" not in posted.body
    signed = signature(way.secret, head["webhook-id"], int(head["webhook-timestamp"]), posted.body)
    assert head["webhook-signature"] == signed
    assert way.secret not in str(posted)


def test_the_signature_is_that_of_standard_webhooks():
    # The example of its specification and its libraries.
    signed = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_one_may_be_told_without_mail_and_an_address(server, alice, person, general, work, mailoutbox):
    dora = person("dora")  # has no address that is confirmed
    add(dora, "ntfy", server)
    preferences.stop_mails(dora)
    say(alice, "general", "@dora")
    work(AFTER)
    assert len(server.posted) == 1
    assert mailoutbox == []


# -- Who is not told, and when -----------------------------------------------------------


@pytest.mark.parametrize("what", ["read", "deleted", "left", "deactivated", "departed", "removed"])
def test_what_is_over_meanwhile_is_not_told(server, alice, bob, talk, work, what):
    way = add(bob, "ntfy", server)
    said = say(alice, talk, "hello")
    work(2)
    assert PendingDelivery.objects.exists()
    if what == "read":
        read(bob, talk)
    elif what == "deleted":
        remove_message(said)
    elif what == "left":
        Membership.objects.filter(person=bob, room__slug=talk).delete()
    elif what == "deactivated":
        Person.objects.filter(pk=bob.pk).update(is_active=False)
    elif what == "departed":
        departures.leave(bob, removes_messages=False)
        assert not Way.objects.exists()
    else:
        way.delete()
    work(AFTER)
    assert server.posted == []
    assert not PendingDelivery.objects.exists()


def test_what_is_not_wanted_is_not_told(server, alice, bob, talk, work):
    add(bob, "ntfy", server)
    preferences.change_preferences(bob, **USUAL | {"direct": False})
    say(alice, talk, "hello")
    say(alice, "general", "no name")
    work(AFTER)
    assert server.posted == []


def test_quiet_hours_put_it_off(server, alice, bob, talk, work):
    add(bob, "ntfy", server)
    now = timezone.localtime(timezone.now() + datetime.timedelta(minutes=AFTER))
    begin, end = ((now + datetime.timedelta(hours=hours)).time() for hours in (-1, 2))
    preferences.change_preferences(bob, **USUAL | {"quiet_from": begin, "quiet_until": end})
    say(alice, talk, "hello")
    work(AFTER, 60)
    assert server.posted == []
    work(AFTER + 121)
    assert len(server.posted) == 1


def test_more_than_so_many_an_hour_wait(server, alice, bob, talk, work, monkeypatch):
    monkeypatch.setattr(delivering, "WAY_LIMIT", FixedWindowLimit("few-ways", 1, 3600))
    add(bob, "ntfy", server)
    say(alice, talk, "hello")
    say(alice, "general", "@bob")
    work(AFTER)
    assert len(server.posted) == 1
    assert PendingDelivery.objects.count() == 1


def test_what_comes_while_it_is_sent_is_another(server, alice, bob, talk, work):
    add(bob, "webhook", server)
    say(alice, talk, "one")
    work(2)
    pending = PendingDelivery.objects.get()
    # As gathering would: this server is in another thread.
    taken = waiting.take(PendingDelivery.objects.all(), pending.pk, pending.due_at)
    assert taken
    say(alice, talk, "two")
    gathering.gather(timezone.now() + datetime.timedelta(minutes=AFTER))
    waiting.forget(taken, timezone.now(), 10)
    left = PendingDelivery.objects.get()
    assert (left.first, left.last) == (pending.last + 1, pending.last + 1)


# -- Servers that do not take it ---------------------------------------------------------


def test_a_server_that_is_away_for_an_hour_loses_nothing(server, alice, bob, talk, work):
    add(bob, "ntfy", server)
    say(alice, talk, "hello")
    server.stop()
    work(AFTER)
    (pending,) = PendingDelivery.objects.all()
    assert pending.problem == "does not answer at that address"
    work(14, 20)
    assert PendingDelivery.objects.get().tries == 3
    server.start()
    work(140)
    assert len(server.posted) == 1
    assert not PendingDelivery.objects.exists()


@pytest.mark.parametrize(
    ("status", "words", "said"),
    [
        (
            401,
            '{"error": "no", "errorDescription": "a valid token"}',
            "401 Unauthorized: a valid token",
        ),
        (404, "<html>no</html>", "404 Not Found"),
        (500, "", "500 Internal Server Error"),
        (429, '{"code": 42901, "error": "limit reached"}', "429 Too Many Requests: limit reached"),
    ],
)
def test_what_it_refuses_is_said_and_tried_again(
    server, alice, bob, talk, work, client_of, caplog, status, words, said
):
    add(bob, "ntfy", server)
    server.status, server.words = status, words
    say(alice, talk, "hello")
    work(AFTER)
    page = client_of(bob).get("/accounts/notifications/").content.decode()
    assert f"is tried again: {said}" in page
    server.status = 200
    work(14)
    assert len(server.posted) == 2
    assert server.posted[0].headers["x-sequence-id"] == server.posted[1].headers["x-sequence-id"]
    assert not PendingDelivery.objects.exists()
    assert "tk_secret" not in caplog.text + page


def test_it_is_not_asked_for_each_conversation(server, alice, bob, talk, work, monkeypatch):
    monkeypatch.setattr(delivering, "AT_A_TIME", 1)
    add(bob, "ntfy", server)
    server.status = 500
    say(alice, talk, "hello")
    say(alice, "general", "@bob")
    work(AFTER)
    assert len(server.posted) == 1


def test_it_is_given_up_after_a_day_until_a_test_arrives(server, alice, bob, talk, work, client_of, caplog):
    way = add(bob, "ntfy", server)
    server.status = 503
    say(alice, talk, "hello")
    work(AFTER)
    PendingDelivery.objects.update(failing_since=timezone.now() - datetime.timedelta(days=2))
    work(14)
    assert not PendingDelivery.objects.exists()
    assert "is given up" in caplog.text
    client = client_of(bob)
    page = client.get("/accounts/notifications/").content.decode()
    assert "Nothing goes there any longer: 503 Service Unavailable" in page
    say(alice, talk, "more")
    work(30)
    assert len(server.posted) == 2
    server.status = 200
    client.post(f"/accounts/notifications/ways/{way.pk}/test/")
    assert Way.objects.get().refused == ""
    say(alice, talk, "and more")
    work(60)
    assert len(server.posted) == 4


def test_who_is_gone_is_asked_no_more(server, alice, bob, talk, work):
    add(bob, "webhook", server)
    server.status = 410
    say(alice, talk, "hello")
    work(AFTER, 20)
    assert len(server.posted) == 1
    assert Way.objects.get().refused == "410 Gone"


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:1/", "http://[::1]/", "/elsewhere", "file:///etc/passwd"]
)
def test_no_redirect_is_followed(server, alice, bob, talk, work, location):
    add(bob, "gotify", server)
    server.status, server.location = 307, location
    say(alice, talk, "hello")
    work(AFTER)
    assert len(server.posted) == 1
    assert "leads elsewhere" in PendingDelivery.objects.get().problem


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{port}", "http://localhost:{port}", "http://[::1]:{port}", "http://10.0.0.1",
                "http://169.254.169.254/latest", "http://nowhere.invalid", "http://2130706433:{port}"],
)  # fmt: skip
def test_private_places_are_not_asked(server, address):
    port = server.address.rpartition(":")[2]
    answer = posting.post(posting.Request(address.format(port=port), {}, "x"))
    assert answer.status == 0
    assert "is not of the public web" in answer.words or "has no address" in answer.words
    assert server.posted == []


def test_without_the_setting_no_network_is_asked(server, settings):
    settings.NOTIFICATION_NETWORKS = []
    answer = posting.post(posting.Request(server.address, {}, "x"))
    assert "is not of the public web" in answer.words
    assert server.posted == []


def test_what_never_answers_keeps_no_worker(server, monkeypatch):
    monkeypatch.setattr(posting, "TIME_LIMIT", 1.5)
    monkeypatch.setattr(posting, "START_LIMIT", 30.0)
    server.meanwhile = lambda: time.sleep(5)
    begun = timezone.now()
    assert posting.post(posting.Request(server.address, {}, "x")).status == 0
    assert timezone.now() - begun < datetime.timedelta(seconds=5)


def test_a_server_that_repeats_a_secret_does_not_show_it(server):
    server.status, server.words = 403, "Bearer tk_secret is not welcome"
    answer = posting.post(posting.Request(server.address, {}, "x", "tk_secret"))
    assert answer.words == "403 Forbidden: Bearer … is not welcome"


# -- A worker that ends ------------------------------------------------------------------


def test_one_that_ends_after_sending_sends_it_again_with_the_same_id(
    server, alice, bob, talk, work, monkeypatch
):
    add(bob, "webhook", server)
    preferences.stop_mails(bob)
    say(alice, talk, "hello")
    with monkeypatch.context() as while_it_lives, suppress(Ended):
        while_it_lives.setattr(waiting, "forget", end_before(0))
        work(AFTER)
    assert len(server.posted) == 1
    work(AFTER + 2)
    assert len(server.posted) == 1
    work(AFTER + 6, AFTER + 20)
    first, again = server.posted
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert not PendingDelivery.objects.exists()


def test_servers_that_take_long_leave_the_worker_to_others(server, alice, bob, talk, work, monkeypatch):
    monkeypatch.setattr(delivering, "AT_A_TIME", 1)
    monkeypatch.setattr(delivering, "PATIENCE", 0.0)
    add(bob, "webhook", server)
    add(bob, "ntfy", server)
    say(alice, talk, "hello")
    work(AFTER)
    assert len(server.posted) < 2
    monkeypatch.undo()
    work(AFTER + 1)
    assert {posted.path for posted in server.posted} == {"/", "/bobs"}


@pytest.mark.django_db(transaction=True)
def test_each_thing_is_told_wherever_it_ends(general, alice, bob, work, monkeypatch):
    monkeypatch.setattr(delivering, "WAY_LIMIT", FixedWindowLimit("many-ways", 1000, 3600))
    posted: list[posting.Request] = []

    def post(request: posting.Request) -> posting.Answer:
        posted.append(request)
        return posting.Answer(200, "200 OK")

    # A process for each of some hundred would take minutes.
    monkeypatch.setattr(delivering, "post", post)
    preferences.stop_mails(bob)
    ways.make_way(bob, "webhook", address="https://hooks.example.org", with_text=True)
    talk = open_direct(alice, [bob]).slug
    step, is_over = 0, False
    while not is_over:
        posted.clear()
        said = say(alice, talk, f"to bob, {step}.")
        with suppress(Ended), connection.execute_wrapper(end_before(step)):
            work(2, 12)
            is_over = True
        # A process that ends has no connection any longer.
        connection.close()
        connection.connect()
        work(13, 20)
        bodies = {request.headers["webhook-id"]: request.body for request in posted}
        assert sum(said.body in body for body in bodies.values()) == 1, step
        assert not PendingDelivery.objects.exists()
        step += 1
    assert step > 15


# -- What it costs -----------------------------------------------------------------------


def test_its_queries_do_not_grow_with_who_is_told(general, alice, bob, person):
    def queries() -> int:
        say(alice, "general", "@room")
        with CaptureQueriesContext(connection) as asked:
            gathering.gather(timezone.now() + datetime.timedelta(minutes=2))
        return len(asked)

    ways.make_way(bob, "webhook", address="https://hooks.example.org")
    queries()
    few = queries()
    for number in range(20):
        newcomer = person(f"p{number}")
        Membership.objects.get_or_create(room=general, person=newcomer)
        ways.make_way(newcomer, "webhook", address="https://hooks.example.org")
    assert queries() == few
    assert PendingDelivery.objects.count() == 21
    # Bob and charlie alone have an address.
    assert PendingMail.objects.count() == 2
