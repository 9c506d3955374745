"""/accounts/2fa/…: the second step of signing in."""

import re
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

ACTIVATE = "/accounts/2fa/totp/activate/"


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture(autouse=True)
def now(monkeypatch) -> float:
    """A clock that stands still: no code comes to its end while a test runs."""
    moment = time.time()
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: moment))
    return moment


@pytest.fixture
def next_code(monkeypatch, now) -> Callable[[str], str]:
    """The code after the one of now, which is then the one of now."""
    passed = 0

    def later(secret: str) -> str:
        nonlocal passed
        passed += 30
        monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: now + passed))
        numbers = list(yield_hotp_counters_from_time())
        return format_hotp_value(hotp_value(secret, numbers[len(numbers) // 2]))

    return later


def confirmed(client: Client) -> Client:
    response = client.post("/accounts/reauthenticate/", {"password": "parley-demo", "next": ACTIVATE})
    assert response["Location"] == ACTIVATE
    return client


@pytest.fixture
def protected(browser_of, alice):
    """Alice's browser, after she turned it on; her secret; and a recovery code."""
    client = confirmed(browser_of(alice))
    page = client.get(ACTIVATE).content.decode()
    [secret] = re.findall(r'<code class="key">(\w+)</code>', page)
    response = client.post(ACTIVATE, {"code": code_for(secret)}, follow=True)
    assert response.redirect_chain == [("/accounts/2fa/recovery-codes/", 302)]
    return client, secret, re.findall(r"<li><code>(\w+)</code>", response.content.decode())[0]


def first_step() -> Client:
    client = Client()
    response = client.post("/accounts/login/", {"login": "alice", "password": "parley-demo"})
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    return client


def test_it_is_set_up_with_an_app(protected, alice):
    client, _secret, _code = protected
    assert {row.type for row in Authenticator.objects.filter(user=alice)} == {"totp", "recovery_codes"}
    assert "Signing in takes your password and a code" in client.get("/accounts/2fa/").content.decode()


def test_the_picture_is_data_and_nothing_is_inline(client_of, alice):
    page = confirmed(client_of(alice)).get(ACTIVATE).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    assert " style=" not in page


def test_a_recovery_code_signs_in_once(protected):
    _client, _secret, code = protected
    client = first_step()
    assert client.get("/accounts/2fa/authenticate/").status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/"
    assert client.get("/rooms/").status_code == 200
    again = first_step().post("/accounts/2fa/authenticate/", {"code": code})
    assert "Incorrect code." in again.content.decode()


def test_a_code_of_the_app_signs_in_once(protected, next_code):
    _client, secret, _code = protected
    code = next_code(secret)
    assert first_step().post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/"
    again = first_step().post("/accounts/2fa/authenticate/", {"code": code})
    assert "Incorrect code." in again.content.decode()


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{0:.3} {1}"])
def test_the_code_that_set_it_up_is_used_up(protected, spelling):
    client, secret, _code = protected
    code = code_for(secret)
    typed = {"code": spelling.format(code, code[3:])}
    # The process may have started anew in the meantime.
    for _ in range(2):
        answer = first_step().post("/accounts/2fa/authenticate/", typed)
        assert "Incorrect code." in answer.content.decode()
        again = client.post("/accounts/2fa/reauthenticate/", typed | {"next": "/rooms/"})
        assert "Incorrect code." in again.content.decode()
        cache.clear()


def test_a_code_is_used_up_wherever_it_was_used(protected, next_code):
    client, secret, _code = protected
    typed = {"code": next_code(secret)}
    again = client.post("/accounts/2fa/reauthenticate/", typed | {"next": "/rooms/"})
    assert again["Location"] == "/rooms/"
    cache.clear()
    assert "Incorrect code." in first_step().post("/accounts/2fa/authenticate/", typed).content.decode()


def test_no_older_code_is_taken_after_a_newer_one(protected, next_code, settings):
    settings.MFA_TOTP_TOLERANCE = 1
    _client, secret, _code = protected
    older, newer = next_code(secret), next_code(secret)
    for code, is_taken in ((newer, True), (newer, False), (older, False)):
        answer = first_step().post("/accounts/2fa/authenticate/", {"code": code})
        assert (answer.status_code == 302) == is_taken


@pytest.mark.parametrize("code", ["", "000000", "\x00", "x" * 10_000])
def test_a_wrong_code_does_not(protected, code):
    client = first_step()
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_codes_are_not_for_guessing(protected):
    _client, _secret, code = protected
    client = first_step()
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    response = client.post("/accounts/2fa/authenticate/", {"code": code})
    assert "Too many tries" in response.content.decode()


def test_the_password_alone_opens_no_page(protected):
    assert first_step().get("/rooms/").status_code == 302


def test_the_second_step_needs_the_first(client, alice):
    assert client.get("/accounts/2fa/authenticate/")["Location"] == "/accounts/login/"


def test_it_is_turned_off(protected, alice):
    client, _secret, _code = protected
    assert client.get("/accounts/2fa/totp/deactivate/").status_code == 200
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=alice).exists()


def test_new_recovery_codes_end_the_old_ones(protected):
    client, _secret, code = protected
    client.post("/accounts/2fa/recovery-codes/generate/")
    assert code not in client.get("/accounts/2fa/recovery-codes/").content.decode()


def test_recovery_codes_are_downloaded_as_text(protected):
    client, _secret, code = protected
    response = client.get("/accounts/2fa/recovery-codes/download/")
    assert response["Content-Type"].startswith("text/plain")
    assert code in response.content.decode()


def test_the_password_is_asked_for_first(client_of, alice):
    client = client_of(alice)
    assert "Is it still you?" in client.get(ACTIVATE, follow=True).content.decode()
    response = client.post("/accounts/reauthenticate/", {"password": "wrong", "next": ACTIVATE})
    assert "That is not your password." in response.content.decode()
    assert client.get(ACTIVATE).status_code == 302


def test_a_stranger_signs_in_first(client, alice):
    for address in ("/accounts/2fa/", ACTIVATE, "/accounts/2fa/recovery-codes/"):
        assert client.get(address)["Location"].startswith("/accounts/login/")
