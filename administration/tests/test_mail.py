"""/administration/mail/: what waits to be mailed."""

import datetime
import re

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Mail
from notifications.models import PendingMail
from rooms.models import Membership

ADDRESS = "/administration/mail/"


@pytest.fixture
def away(monkeypatch) -> None:
    def send(message, **how):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)


@pytest.fixture
def waiting(owner) -> Mail:
    return Mail.objects.create(
        to="bob@example.org", subject="Confirm <b>your</b> address", body="https://secret.example/link",
        tries=3, tried_at=timezone.now(), problem="Nothing listens.", due_at=timezone.now(),
    )  # fmt: skip


def page_of(client) -> str:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_what_waits_is_shown_and_nothing_of_its_text(client_of, owner, waiting):
    page = page_of(client_of(owner))

    assert "Confirm &lt;b&gt;your&lt;/b&gt; address" in page
    assert "To <bdi>bob@example.org</bdi>" in page
    assert "tried 3 times" in page
    assert "Nothing listens." in page
    assert "secret.example" not in page


def test_where_nothing_waits_it_says_so(client_of, owner):
    page = page_of(client_of(owner))
    assert "Nothing. What the mail server does not take waits here" in page
    assert "Try everything now" not in page
    assert "No mail server is set up" in page


def test_the_server_is_named_without_its_password(client_of, owner, settings):
    options = {
        "host": "mail.example.org",
        "port": 587,
        "username": "u-name",
        "password": "pass-word",
        "use_tls": True,
    }
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    }
    page = page_of(client_of(owner))

    assert "mail.example.org, port 587, with TLS" in page
    assert "u-name" not in page
    assert "pass-word" not in page


def test_trying_now_sends_it(client_of, owner, waiting):
    Mail.objects.update(due_at=timezone.now() + datetime.timedelta(hours=1))
    client_of(owner).post(ADDRESS, {"do": "try"})

    assert [message.to for message in mail.outbox] == [["bob@example.org"]]
    assert not Mail.objects.exists()


def test_what_was_given_up_is_shown_and_can_be_tried_again(client_of, owner, waiting, away):
    then = timezone.now() - datetime.timedelta(days=2)
    Mail.objects.update(given_up_at=then, queued_at=then)
    client = client_of(owner)
    assert "Given up" in page_of(client)
    client.post(ADDRESS, {"do": "try"})
    waiting.refresh_from_db()
    # For another day.
    assert (waiting.given_up_at, waiting.tries) == (None, 4)


def test_a_test_goes_to_whoever_asks(client_of, owner):
    client_of(owner).post(ADDRESS, {"do": "test"})

    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["olga@example.org"], "A test from Parley")
    ]


def test_a_test_that_does_not_get_through_is_seen_there(client_of, owner, away):
    page = client_of(owner).post(ADDRESS, {"do": "test"}, follow=True).content.decode()

    assert "A test from Parley" in page
    assert "Nothing listens at the address of the mail server" in page


def test_without_an_address_there_is_no_test(client_of, administrator):
    page = client_of(administrator).post(ADDRESS, {"do": "test"}, follow=True).content.decode()

    assert "add one first" in page
    assert not mail.outbox


def test_ten_tests_are_a_lot_for_one_hour(client_of, owner):
    for _ in range(11):
        client_of(owner).post(ADDRESS, {"do": "test"})
    assert len(mail.outbox) == 10


def test_a_worker_that_is_not_there_is_noticed(client_of, owner, waiting):
    assert "is the worker running" not in page_of(client_of(owner))
    Mail.objects.update(due_at=timezone.now() - datetime.timedelta(minutes=6))
    assert "is the worker running" in page_of(client_of(owner))


def test_what_people_missed_is_shown_by_whom_alone(client_of, owner, bob):
    membership = Membership.objects.filter(person=bob).first()
    assert membership
    pending = PendingMail.objects.create(membership=membership, first=1, last=1, due_at=timezone.now())
    assert "About what people missed" not in page_of(client_of(owner))
    now = timezone.now()
    PendingMail.objects.filter(pk=pending.pk).update(
        failing_since=now, tries=2, problem="It does not answer."
    )
    page = page_of(client_of(owner))

    assert "About what people missed" in page
    assert "It does not answer." in page
    assert "general" not in page[page.index("About what people missed") :].partition("</section>")[0]


def test_it_takes_as_many_queries_however_much_waits(client_of, owner, waiting, queries):
    client = client_of(owner)
    few = queries(client, ADDRESS)
    Mail.objects.bulk_create([Mail(to=f"{n}@example.org", given_up_at=timezone.now()) for n in range(80)])
    Mail.objects.bulk_create([Mail(to=f"{n}@example.org") for n in range(80)])
    assert queries(client, ADDRESS) == few


@pytest.mark.parametrize("who", ["moderator", "bob", "guest"])
def test_it_is_for_administrators(client_of, request, who):
    client = client_of(request.getfixturevalue(who))
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, {"do": "test"}).status_code == 403
    assert not mail.outbox
