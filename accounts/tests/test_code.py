"""/accounts/login/code/: signing in by a code that is mailed."""

import datetime
import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import mails, tasks
from accounts.models import Mail, Person

ASK, CONFIRM = "/accounts/login/code/", "/accounts/login/code/confirm/"
ADDRESS = "alice@example.org"


@pytest.fixture(autouse=True)
def by_code(settings) -> None:
    settings.ACCOUNT_LOGIN_BY_CODE_ENABLED = True


@pytest.fixture
def alice(person) -> Person:
    alice = person("alice", email=ADDRESS)
    alice.emailaddress_set.create(email=ADDRESS, primary=True, verified=True)
    return alice


def ask(client: Client, email: str = ADDRESS, **form: str) -> Any:
    return client.post(ASK, {"email": email, **form})


def code() -> str:
    """The one in the newest mail."""
    [found] = re.findall(r"^[A-Z]{3}-[A-Z]{3}$", str(mail.outbox[-1].body), re.MULTILINE)
    return found


def who(client: Client) -> str:
    return client.session.get("_auth_user_id", "")


def test_a_code_comes_by_mail_and_signs_in(client, alice):
    page = ask(client, "Alice@Example.org", next="/rooms/")
    assert page["Location"] == f"{CONFIRM}?next=%2Frooms%2F"
    assert mail.outbox[-1].to == [ADDRESS]
    assert code() not in mail.outbox[-1].subject
    html = getattr(mail.outbox[-1], "alternatives", [])[0]
    assert code() in str(html.content)
    answer = client.post(CONFIRM, {"code": code(), "next": "/rooms/"})

    assert answer["Location"] == "/rooms/"
    assert who(client) == str(alice.pk)


@pytest.mark.parametrize("change", [str.lower, lambda text: text.replace("-", ""), lambda text: f" {text} "])
def test_it_may_be_written_otherwise(client, alice, change):
    ask(client)
    client.post(CONFIRM, {"code": change(code())})
    assert who(client)


def test_the_way_there_is_on_the_page_of_sign_in(client, alice):
    assert f'href="{ASK}?next=%2Frooms%2F"' in client.get("/accounts/login/?next=/rooms/").content.decode()


def seen_of(client: Client, email: str) -> Any:
    """All that can be seen of asking, and how many queries it takes."""
    with CaptureQueriesContext(connection) as captured:
        answer = ask(client, email)
    page = client.get(CONFIRM)
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
    return answer.status_code, answer["Location"], page.status_code, text.replace(email, "…"), len(captured)


@pytest.mark.parametrize("kind", ["nobody's", "not confirmed", "deactivated"])
def test_nobody_can_tell_whose_an_address_is(alice, person, settings, kind):
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    other = person("eve", email="other@example.org", is_active=kind != "deactivated")
    if kind != "nobody's":
        other.emailaddress_set.create(email="other@example.org", verified=kind == "deactivated")
    known, unknown = seen_of(Client(), ADDRESS), seen_of(Client(), "other@example.org")

    assert known == unknown
    # The worker is given the same, and finds out by itself.
    assert set(Mail.objects.values_list("kind", flat=True)) == {"code"}
    mails.send_due(timezone.now())
    assert [message.to for message in mail.outbox] == [[ADDRESS]]
    assert not Mail.objects.exists()


@pytest.mark.parametrize("email", [ADDRESS, "nobody@example.org"])
def test_three_wrong_tries_are_all(client, alice, email):
    ask(client, email)
    answers = [client.post(CONFIRM, {"code": text}) for text in ("", "BBB-BBB", "BBB-BBB")]

    assert [answer.status_code for answer in answers] == [422, 422, 302]
    assert client.get(CONFIRM).status_code == 302
    assert not who(client)


def test_a_code_is_used_in_the_browser_that_asked(client, alice):
    ask(client)
    other = Client()
    ask(other, "nobody@example.org")

    assert other.post(CONFIRM, {"code": code()}).status_code == 422
    assert not who(other)


def test_a_code_is_used_once(client, alice):
    ask(client)
    client.post(CONFIRM, {"code": code()})
    client.logout()

    assert client.post(CONFIRM, {"code": code()}).status_code == 302
    assert not who(client)


def test_a_code_is_over_after_ten_minutes(client, alice, monkeypatch):
    ask(client)
    later = timezone.now() + datetime.timedelta(minutes=11)
    monkeypatch.setattr("time.time", later.timestamp)

    assert client.post(CONFIRM, {"code": code()}).status_code == 302
    assert not who(client)


def test_one_that_could_not_be_sent_in_time_is_not_sent_at_all(alice):
    tasks.code_later(ADDRESS, "BBB-BBB")
    Mail.objects.all().delete()
    mail.outbox.clear()
    waits = Mail.objects.create(to=ADDRESS, kind="code", details={"code": "BBB-BBB"})
    mails.send(waits.pk, timezone.now() + datetime.timedelta(minutes=11))

    assert not mail.outbox
    assert not Mail.objects.exists()


@pytest.mark.parametrize("email", [ADDRESS, "nobody@example.org"])
def test_another_can_be_sent_and_the_one_before_is_none(client, alice, email):
    ask(client, email)
    first = code() if email == ADDRESS else ""
    assert "Send another code" in client.get(CONFIRM).content.decode()
    client.post(CONFIRM, {"action": "resend"})
    if email == ADDRESS:
        assert client.post(CONFIRM, {"code": first}).status_code == 422
        client.post(CONFIRM, {"code": code()})
        assert who(client)
    else:
        assert not mail.outbox


@pytest.mark.parametrize("email", [ADDRESS, "nobody@example.org"])
def test_for_one_address_three_are_asked_for_in_a_minute(alice, email):
    spellings = [email, email.upper(), email.replace("@", "+1@"), email]
    assert [ask(Client(), one).status_code for one in spellings] == [303, 303, 303, 429]


def test_the_second_step_is_asked_for_all_the_same(client, alice):
    TOTP.activate(alice, "A" * 32)
    ask(client)

    assert client.post(CONFIRM, {"code": code()})["Location"] == "/accounts/2fa/authenticate/"
    assert not who(client)


def test_one_can_go_back(client, alice):
    ask(client)
    assert client.get("/accounts/login/")["Location"] == CONFIRM
    client.post("/accounts/logout/")
    assert client.get("/accounts/login/").status_code == 200


@pytest.mark.parametrize("email", ["", "alice", "a@b@c", "x" * 400 + "@example.org"])
def test_what_is_no_address_is_refused(client, alice, email):
    assert ask(client, email).status_code == 422


def test_where_it_is_switched_off_there_is_no_such_page(client, alice, settings):
    settings.ACCOUNT_LOGIN_BY_CODE_ENABLED = False

    assert ASK not in client.get("/accounts/login/").content.decode()
    for address in (ASK, CONFIRM):
        assert client.get(address).status_code == 404
        assert client.post(address, {"email": ADDRESS}).status_code == 404
    assert not Session.objects.exists()


def test_where_people_come_by_a_provider_alone_nobody_has_a_code(client, alice, settings):
    settings.SIGN_IN_ONLY_BY_PROVIDER = True

    assert ask(client).status_code == 403
    assert not mail.outbox
