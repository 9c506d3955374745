"""How many wrong passwords and codes are taken, and whom they are counted for."""

import re

import pytest
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.browsers import COOKIE
from accounts.tests.conftest import PASSWORD

ADDRESS = "/accounts/login/"
HOSTS = ("testserver", "testserver:80", "testserver:8000", "TESTSERVER", "testserver:8443", "testserver:1")


def sign_in(client: Client, login: str = "alice", password: str = PASSWORD, **how) -> int:
    return client.post(ADDRESS, {"login": login, "password": password}, **how).status_code


def guess(client: Client, times: int = 5, **how) -> set[int]:
    return {sign_in(client, password="wrong", **how) for _ in range(times)}


@pytest.fixture
def alice(person):
    return person("alice", email="alice@example.org")


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_the_name_and_the_port_that_are_asked_do_not_matter(client, alice, name):
    answers = [sign_in(client, name, "wrong", headers={"host": host}) for host in HOSTS]
    assert answers == [422] * 5 + [429]


@pytest.mark.parametrize(
    "spellings",
    [
        ("alice", "Alice", " alice ", "alice@example.org", "ALICE@example.org", "ａｌｉｃｅ"),
        ("nobody", "Nobody", " nobody", "NOBODY", "ｎｏｂｏｄｙ", "nobody "),
        ("a@b.example", "A@b.example", " a@b.example", "ａ@b.example", "a@B.example", "a@b.EXAMPLE"),
    ],
)
def test_every_spelling_of_an_account_is_one_account(client, alice, spellings):
    assert [sign_in(client, login, "wrong") for login in spellings] == [422] * 5 + [429]


def test_who_guesses_elsewhere_keeps_nobody_out(alice, browser_of):
    here = browser_of(alice)
    here.post("/accounts/logout/")
    assert guess(Client(REMOTE_ADDR="192.0.2.1"), 5) == {422}
    assert guess(Client(REMOTE_ADDR="192.0.2.1"), 1) == {429}
    assert sign_in(here) == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.2")) == 302


def test_who_guesses_at_the_same_address_keeps_no_browser_out_that_is_known(alice, browser_of):
    here = browser_of(alice)
    here.post("/accounts/logout/")
    guess(Client(), 30)
    assert sign_in(Client()) == 429
    assert sign_in(here) == 302


def test_a_known_browser_has_five_tries_as_well(alice, browser_of):
    here = browser_of(alice)
    here.post("/accounts/logout/")
    assert guess(here) == {422}
    assert sign_in(here) == 429
    assert sign_in(Client()) == 302


def test_a_browser_shows_its_cookie_to_both_steps_and_to_nothing_else(alice, browser_of):
    cookie = browser_of(alice).cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/accounts/", True, "Lax")
    assert {reverse(name).find("/accounts/") for name in ("account_login", "mfa_authenticate")} == {0}


def test_a_browser_is_known_for_who_signed_in_with_it_alone(alice, bob, browser_of):
    his = browser_of(bob)
    his.post("/accounts/logout/")
    guess(Client())
    assert sign_in(his) == 429


@pytest.mark.parametrize(
    "change",
    [lambda value: value + "0", lambda value: value.swapcase(), lambda value: value[:-1], lambda _: "é."],
)
def test_a_cookie_that_is_made_up_is_none(alice, browser_of, change):
    here, forger = browser_of(alice), Client()
    guess(Client())
    forger.cookies[COOKIE] = change(here.cookies[COOKIE].value)
    assert sign_in(forger) == 429


def test_an_account_takes_fifty_wrong_tries_an_hour_from_everywhere(alice, browser_of):
    here = browser_of(alice)
    here.post("/accounts/logout/")
    guesses = [guess(Client(REMOTE_ADDR=f"192.0.2.{number}"), 5) for number in range(10)]
    assert guesses == [{422}] * 10
    assert sign_in(Client(REMOTE_ADDR="198.51.100.1")) == 429
    assert sign_in(here) == 302


def test_who_has_the_mail_need_not_wait(client, alice):
    guess(client)
    client.post("/accounts/password/reset/", {"email": "alice@example.org"})
    link = re.findall(r"http://testserver(\S+)", str(mail.outbox[0].body))[0]
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "a new horse 10", "password2": "a new horse 10"})
    assert sign_in(client, password="a new horse 10") == 302


def test_an_account_of_ones_own_gives_an_address_no_further_tries(client, alice, person):
    """A right code, and a new password by mail, began the count of the whole address anew."""
    person("mallory", email="mallory@example.org")
    assert {sign_in(client, f"person{number}", "wrong") for number in range(20)} == {422}
    client.post("/accounts/password/reset/", {"email": "mallory@example.org"})
    link = re.findall(r"http://testserver(\S+)", str(mail.outbox[0].body))[0]
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "a new horse 10", "password2": "a new horse 10"})
    assert sign_in(client, "person21", "wrong") == 429


def test_codes_are_counted_likewise(alice, browser_of):
    here = browser_of(alice)
    here.post("/accounts/logout/")
    TOTP.activate(alice, "A" * 32)
    stranger = Client(REMOTE_ADDR="192.0.2.1")
    for browser in (stranger, here):
        assert sign_in(browser) == 302
    pages = [stranger.post("/accounts/2fa/authenticate/", {"code": "000000"}) for _ in range(6)]
    assert ["Too many tries" in page.content.decode() for page in pages] == [False] * 5 + [True]
    page = here.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code." in page.content.decode()
    assert Authenticator.objects.filter(user=alice).exists()


def test_a_stranger_does_not_keep_who_is_in_from_saying_their_password_again(client_of, alice):
    client = client_of(alice)
    guess(Client(), 30)
    form = {"password": PASSWORD, "next": "/accounts/2fa/"}
    assert client.post("/accounts/reauthenticate/", form)["Location"] == "/accounts/2fa/"


@pytest.mark.parametrize("page", ["/accounts/password/change/", "/accounts/reauthenticate/"])
def test_who_finds_a_page_open_may_not_guess_at_its_password(client_of, alice, page):
    client = client_of(alice)
    form = {"password1": "a new horse 10", "password2": "a new horse 10", "next": "/rooms/"}
    answers = []
    for number in range(6):
        # An hour is full of minutes, each of which has tries of its own.
        for action in ("change_password", "reauthenticate"):
            ratelimit.clear(RequestFactory().get("/"), action=action, user=alice)
        guess = dict.fromkeys(("oldpassword", "password"), f"wrong {number}")
        answers.append("Too many tries" in client.post(page, form | guess).content.decode())
    assert answers == [False] * 5 + [True]
