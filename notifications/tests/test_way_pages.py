"""The pages about ways, and the feed: what is chosen, shown once, tested, and never shown again."""

import datetime
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Block, Person
from accounts.tests.test_pages import check
from live.limits import FixedWindowLimit
from notifications import way_views, ways
from notifications.models import Feed, PendingDelivery, Way
from rooms.actions.direct import open_direct
from rooms.actions.messages_delete import remove_message
from rooms.models import Membership
from rooms.tests.saying import closed_room, say

ADDRESS = "/accounts/notifications/"
NTFY = {"address": "https://ntfy.sh", "topic": "bobs", "secret": "tk_secret", "after_minutes": "2"}
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def client(client_of, bob) -> Client:
    return client_of(bob)


def page(client) -> str:
    return client.get(ADDRESS).content.decode()


def shown_once(client) -> str:
    found = re.search(r'id="shown-once" type="text" readonly\s+value="([^"]+)"', page(client))
    assert found
    return found[1]


def test_ntfy_is_added_changed_and_removed(client, bob):
    assert "https://ntfy.sh" in client.get(f"{ADDRESS}ways/new/ntfy/").content.decode()
    answer = client.post(f"{ADDRESS}ways/new/ntfy/", NTFY)
    assert (answer.status_code, answer["Location"]) == (303, ADDRESS)
    way = Way.objects.get()
    assert (way.kind, way.topic, way.secret, way.after_minutes) == ("ntfy", "bobs", "tk_secret", 2)
    assert not way.with_text
    there = f"{ADDRESS}ways/{way.pk}/"
    form = client.get(there).content.decode()
    assert "There is one, shown to nobody" in form
    assert "tk_secret" not in form + page(client)
    client.post(there, NTFY | {"secret": "", "topic": "others", "with_text": "on"})
    way.refresh_from_db()
    assert (way.topic, way.secret, way.with_text) == ("others", "tk_secret", True)
    client.post(f"{there}remove/")
    assert not Way.objects.exists()


@pytest.mark.parametrize("path", ["", "ways/new/ntfy/", "ways/new/gotify/", "ways/new/webhook/", "ways/{}/"])
def test_each_page_is_one_of_ours(client, bob, path):
    way = ways.make_way(bob, "webhook", address="https://example.org")
    check(client.get(ADDRESS + path.format(way.pk)).content.decode(), path)


def test_no_secret_goes_to_another_server_by_itself(client, bob, server):
    way = ways.make_way(bob, "ntfy", address=server.address, topic="x", secret="tk_secret")
    client.post(f"{ADDRESS}ways/{way.pk}/", NTFY | {"address": "https://other.example.org", "secret": ""})
    assert Way.objects.get().secret == ""
    gotify = ways.make_way(bob, "gotify", address=server.address, secret="Asecret")
    said = {"address": "https://other.example.org", "secret": "", "after_minutes": "10"}
    answer = client.post(f"{ADDRESS}ways/{gotify.pk}/", said)
    assert answer.status_code == 422
    assert "Gotify needs the token" in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("ntfy", {"address": "ftp://ntfy.sh"}), ("ntfy", {"address": "https://a:b@ntfy.sh"}),
        ("ntfy", {"address": "javascript:alert(1)"}), ("ntfy", {"topic": "a/b"}), ("ntfy", {"topic": ""}),
        ("ntfy", {"secret": "a b"}), ("ntfy", {"secret": "ü"}), ("ntfy", {"after_minutes": ""}),
        ("ntfy", {"address": "https://ntfy.sh/" + "x" * 500}), ("gotify", {"secret": ""}),
        ("webhook", {"address": ""}), ("webhook", {"address": "https://x\r\ny"}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_changes_nothing(client, kind, wrong):
    answer = client.post(f"{ADDRESS}ways/new/{kind}/", NTFY | wrong)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not Way.objects.exists()


def test_a_webhooks_secret_is_shown_once_and_renewed(client, bob):
    client.post(f"{ADDRESS}ways/new/webhook/", {"address": "https://example.org/x", "after_minutes": "10"})
    first = shown_once(client)
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", first)
    assert Way.objects.get().secret == first
    assert "whsec_" not in page(client)
    there = f"{ADDRESS}ways/{Way.objects.get().pk}/"
    assert "whsec_" not in client.get(there).content.decode()
    client.post(f"{there}secret/")
    second = shown_once(client)
    assert second != first
    assert Way.objects.get().secret == second


@pytest.mark.parametrize(
    ("status", "said"), [(200, "It has arrived: 200 OK"), (401, "It has not arrived: 401 Unauthorized")]
)
def test_a_test_says_what_the_server_answered(client, bob, server, status, said):
    way = ways.make_way(bob, "webhook", address=server.address)
    server.status = status
    answer = client.post(f"{ADDRESS}ways/{way.pk}/test/")
    assert answer["Location"] == f"{ADDRESS}#way-{way.pk}"
    assert said in page(client)
    assert said in client.get(f"{ADDRESS}ways/{way.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert '"type": "test"' in server.posted[0].body


def test_a_test_that_is_on_its_way_says_so(client, bob, monkeypatch):
    way = ways.make_way(bob, "ntfy", address="https://ntfy.sh", topic="x")
    monkeypatch.setattr(ways, "send_test", lambda *words: None)
    client.post(f"{ADDRESS}ways/{way.pk}/test/")
    assert "A test is on its way" in page(client)
    Way.objects.update(tested_at=timezone.now() - datetime.timedelta(minutes=6))
    assert "Nothing is known of the last test" in page(client)
    monkeypatch.setattr(way_views, "TEST_LIMIT", FixedWindowLimit("no-tests", 0, 3600))
    client.post(f"{ADDRESS}ways/{way.pk}/test/")
    assert "That was a lot" in page(client)


def test_there_is_an_end_to_them(client, bob):
    for _ in range(ways.WAYS_AT_MOST):
        assert ways.make_way(bob, "ntfy", address="https://ntfy.sh", topic="x")
    client.post(f"{ADDRESS}ways/new/ntfy/", NTFY)
    assert "remove one first" in page(client)
    assert Way.objects.count() == ways.WAYS_AT_MOST


def test_nobody_has_anothers(client_of, alice, bob):
    way = ways.make_way(bob, "webhook", address="https://example.org")
    for path in ("", "test/", "secret/", "remove/"):
        assert client_of(alice).post(f"{ADDRESS}ways/{way.pk}/{path}", NTFY).status_code == 404, path
        assert Client().post(f"{ADDRESS}ways/{way.pk}/{path}")["Location"].startswith("/accounts/login/")
    assert client_of(alice).get(f"{ADDRESS}ways/new/pigeon/").status_code == 404
    assert client_of(alice).get(f"{ADDRESS}ways/{way.pk}/").status_code == 404


def test_the_administration_sees_no_secret(client_of, person, bob, general, alice, work):
    way = ways.make_way(bob, "ntfy", address="https://ntfy.example.org", topic="hidden", secret="tk_secret")
    say(alice, "general", "@bob")
    work(2)
    root = Person.objects.create_superuser("root", password="x")
    (pending,) = PendingDelivery.objects.all()
    for path in (
        "way/",
        f"way/{way.pk}/change/",
        "pendingdelivery/",
        f"pendingdelivery/{pending.pk}/change/",
    ):
        answer = client_of(root).get(f"/admin/notifications/{path}")
        assert answer.status_code == 200, path
        assert "tk_secret" not in answer.content.decode()
        assert "ntfy.example.org" not in answer.content.decode()


# -- The feed ----------------------------------------------------------------------------


@pytest.fixture
def feed(client, general) -> str:
    """The address of bob's."""
    client.post(f"{ADDRESS}feed/", {"do": "make"})
    return shown_once(client).removeprefix("http://localhost:8000")


def entries(address: str) -> list[str]:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert not answer.cookies
    return [title.text or "" for title in ElementTree.fromstring(answer.content).iter(f"{ATOM}title")][1:]


def test_it_has_what_means_one(alice, bob, feed):
    say(alice, "general", "no name")
    said = say(alice, "general", "@bob <look> & **see**")
    say(alice, "general", "@room")
    answer = Client().get(feed)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    newest, first = root.findall(f"{ATOM}entry")
    assert first.findtext(f"{ATOM}title") == "alice in general"
    assert first.findtext(f"{ATOM}summary") == "<p>@bob &lt;look&gt; &amp; see</p>"
    link = first.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == f"http://localhost:8000{said.get_absolute_url()}"
    assert "@room" in (newest.findtext(f"{ATOM}summary") or "")


def test_it_has_what_one_may_read_now(alice, bob, charlie, feed):
    say(alice, closed_room(alice).slug, "@bob must not know")
    gone = say(alice, "general", "@bob slip")
    say(charlie, "general", "@bob from charlie")
    assert len(entries(feed)) == 2
    remove_message(gone)
    Block.objects.create(person=bob, blocked=charlie)
    Person.objects.filter(pk=bob.pk).update(has_blocked=True)
    assert entries(feed) == []
    say(alice, "general", "@bob")
    assert len(entries(feed)) == 1
    Membership.objects.filter(person=bob).delete()
    assert entries(feed) == []


def test_it_is_asked_again_without_being_sent_again(alice, bob, feed):
    for _ in range(2):
        answer = Client().get(feed)
        again = Client().get(feed, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        say(alice, "general", "@bob")
        assert Client().get(feed, headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_its_secret_is_nowhere_and_ends(client, bob, feed):
    secret = feed.removeprefix("/feeds/").removesuffix(".atom")
    assert len(secret) == 32
    assert secret not in page(client) + Feed.objects.get().digest + Client().get(feed).content.decode()
    client.post(f"{ADDRESS}feed/", {"do": "make"})
    assert Client().get(feed).status_code == 404
    newer = shown_once(client).removeprefix("http://localhost:8000")
    assert Client().get(newer).status_code == 200
    Person.objects.filter(pk=bob.pk).update(is_active=False)
    assert Client().get(newer).status_code == 404
    Person.objects.filter(pk=bob.pk).update(is_active=True)
    client.post(f"{ADDRESS}feed/", {"do": "revoke"})
    assert Client().get(newer).status_code == 404
    assert not Feed.objects.exists()


def test_its_queries_do_not_grow(alice, bob, feed):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            Client().get(feed)
        return len(asked)

    say(alice, "general", "@bob")
    say(alice, open_direct(alice, [bob]).slug, "@bob here")
    few = queries()
    for _ in range(60):
        say(alice, "general", "@bob once more")
    assert queries() == few
    assert len(entries(feed)) == 50
