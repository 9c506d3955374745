"""/accounts/oidc/…: signing in by a provider, over real HTTP to one on this machine."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.models import SocialAccount
from asgiref.sync import sync_to_async
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.messages import get_messages
from django.core import mail
from django.test import Client

from accounts.models import BannedAddress, Community, Invitation, Person
from accounts.tests.conftest import PASSWORD
from tests.oidc_provider import Provider, settings_for
from tests.sockets import Sockets

LEAVE = "/accounts/oidc/company/login/"
BACK = "/accounts/oidc/company/login/callback/"
CONNECTED = "/accounts/3rdparty/"
ADDRESS = "alice@example.org"


@pytest.fixture
def provider() -> Iterator[Provider]:
    there = Provider()
    there.start()
    yield there
    there.stop()


@pytest.fixture(autouse=True)
def company(settings, provider) -> dict[str, Any]:
    """The provider's settings, as OIDC_PROVIDERS would have them."""
    said = settings_for(provider)
    # Another one, which has given us the same id.
    other = settings_for(provider, "other") | {"name": "Another"}
    known = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"] | {"APPS": [said, other]}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": known}
    return said


@pytest.fixture
def owner(person) -> Person:
    return person("olga", role="owner", email="olga@example.org")


@pytest.fixture
def alice(person) -> Person:
    """Alice, who has confirmed her address."""
    alice = person("alice", email=ADDRESS)
    alice.emailaddress_set.create(email=ADDRESS, primary=True, verified=True)
    return alice


def leave(client: Client, **form: str) -> str:
    """Where the way to the provider leads."""
    page = client.post(LEAVE, form)
    assert page.status_code == 200, page
    [there] = re.findall(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    return unescape(there)


def back_from(there: str) -> str:
    """Where the provider leads back to, as a browser follows it."""
    return (
        requests.get(there, allow_redirects=False, timeout=5).headers["Location"].partition("testserver")[2]
    )


def come(client: Client, **form: str) -> Any:
    """The whole way, to the answer to what the provider leads back with."""
    return client.get(back_from(leave(client, **form)))


def who(client: Client) -> str:
    return client.session.get("_auth_user_id", "")


# -- Whose account it is -------------------------------------------------------------------


def test_an_account_is_joined_by_an_address_that_both_have_confirmed(client, alice, provider):
    answer = come(client)

    assert answer["Location"] == "/"
    assert who(client) == str(alice.pk)
    account = SocialAccount.objects.get(user=alice)
    assert (account.provider, account.uid) == ("company", "1001")
    assert account.extra_data == {"userinfo": provider.claims}
    assert [message.subject for message in mail.outbox] == ["Your account was connected"]
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_from_then_on_they_are_known_by_their_number_alone(client, alice, provider):
    come(client)
    provider.claims |= {"email": "other@example.org", "email_verified": False, "preferred_username": "eve"}
    again = Client()

    assert come(again)["Location"] == "/"
    assert who(again) == str(alice.pk)


def test_it_leads_on_to_where_one_wanted_to_go_and_nowhere_else(client, alice):
    assert come(client, next="/rooms/")["Location"] == "/rooms/"
    assert come(Client(), next="https://example.org/")["Location"] == "/"


def test_the_way_begins_with_a_form_under_the_strict_policy(client, alice, provider):
    page = client.get("/accounts/login/?next=/rooms/")
    assert f'action="{LEAVE}"' in page.content.decode()
    assert "Company &amp; Co" in page.content.decode()
    assert page.content.decode().count('name="next" value="/rooms/"') == 3
    assert client.get(LEAVE).status_code == 200
    # Nothing was asked of the provider for a page that may never be used.
    assert not provider.asked
    for answer in (page, client.get(LEAVE), client.post(LEAVE)):
        assert "form-action 'self';" in answer["Content-Security-Policy"]
    there = leave(client)
    assert there.startswith(f"{provider.url}/authorize?")
    assert "code_challenge_method=S256" in there


def test_without_a_token_of_ours_nobody_begins(alice):
    assert Client(enforce_csrf_checks=True).post(LEAVE).status_code == 403


@pytest.mark.parametrize(("there", "here"), [(False, True), ("false", True), (True, False), (None, True)])
def test_an_address_that_one_side_has_not_confirmed_joins_nothing(client, alice, provider, there, here):
    provider.claims["email_verified"] = there
    EmailAddress.objects.update(verified=here)
    answer = come(client)

    assert answer.status_code == 403
    assert "There is an account with this address" in answer.content.decode()
    assert "Sign in with your password" in answer.content.decode()
    assert not who(client)
    assert not SocialAccount.objects.exists()
    assert Person.objects.count() == 1


def test_who_has_the_address_of_somebody_else_there_does_not_get_the_account(client, alice, provider):
    come(client)
    provider.claims["sub"] = "2002"
    stranger = Client()

    assert come(stranger).status_code == 403
    assert not who(stranger)
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize("how", ["deactivated", "banned"])
def test_who_may_not_come_in_does_not_come_in_by_it(client, alice, how):
    come(Client())
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    answer = come(client)

    assert answer["Location"] == "/accounts/inactive/"
    assert not who(client)


def test_who_is_deactivated_is_not_even_joined(client, alice):
    Person.objects.filter(pk=alice.pk).update(is_active=False)

    assert come(client)["Location"] == "/accounts/inactive/"
    assert not SocialAccount.objects.exists()


def test_the_second_step_is_asked_for_all_the_same(client, alice, provider):
    TOTP.activate(alice, "A" * 32)

    assert come(client)["Location"] == "/accounts/2fa/authenticate/"
    assert not who(client)
    code = format_hotp_value(hotp_value("A" * 32, next(yield_hotp_counters_from_time())))
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert who(client) == str(alice.pk)
    assert alice.usersession_set.get().data == {"provider": "company", "sub": "1001", "sid": "session-1"}


# -- Somebody new --------------------------------------------------------------------------


def test_somebody_new_comes_in_where_the_community_is_open(client, owner):
    assert come(client)["Location"] == "/"

    alice = Person.objects.get(username="alice")
    assert who(client) == str(alice.pk)
    assert (alice.display_name, alice.email, alice.role) == ("Alice A.", ADDRESS, "member")
    assert not alice.has_usable_password()
    assert alice.emailaddress_set.get().verified
    assert client.get("/", follow=True).status_code == 200


def test_an_address_that_is_not_confirmed_there_is_asked_about_here(client, owner, provider):
    provider.claims["email_verified"] = False
    come(client)

    assert not EmailAddress.objects.get(email=ADDRESS).verified
    assert [message.subject for message in mail.outbox] == ["Confirm your address"]


@pytest.mark.parametrize(
    ("preferred", "username"),
    [
        ("bob", "bob"),
        ("Bob.B@example.org", "Bob.B"),
        ("olga", "olga2"),
        ("0LGA", "0LGA2"),
        ("оlga", "lga"),
        ("admin", "alice"),
        ("Administrator@example.org", "alice"),
        ("former-7", "alice"),
        ("Zoë Müller", "Zoe-Muller"),
        ("管理者", "alice"),
        ("", "alice"),
        (None, "alice"),
        (["x"], "alice"),
        ("..", "alice"),
        ("x" * 99, "x" * 40),
    ],
)
def test_the_username_is_made_of_the_preferred_one_and_nobody_elses(
    client, owner, provider, preferred, username
):
    provider.claims["preferred_username"] = preferred
    come(client)

    assert Person.objects.exclude(pk=owner.pk).get().username == username


def test_a_name_that_is_somebody_elses_is_not_shown(client, owner, provider):
    provider.claims["name"] = "Оlga"
    come(client)

    assert Person.objects.exclude(pk=owner.pk).get().display_name == ""


def test_without_an_address_somebody_comes_in_all_the_same(client, owner, provider):
    del provider.claims["email"], provider.claims["email_verified"]
    come(client)

    assert who(client)
    assert not EmailAddress.objects.exists()


def test_where_the_community_is_closed_nobody_new_comes_in(client, owner):
    Community.objects.update_or_create(pk=1, defaults={"signup_open": False})
    answer = come(client)

    assert answer.status_code == 403
    assert "By invitation" in answer.content.decode()
    assert Person.objects.count() == 1


def test_an_invitation_leads_in_as_what_it_says_and_once(client, owner):
    Community.objects.update_or_create(pk=1, defaults={"signup_open": False})
    invitation = Invitation.objects.create(email="somebody@example.org", role="guest")
    client.get(f"/join/{invitation.token}/")
    assert f'action="{LEAVE}"' in client.get("/accounts/signup/").content.decode()
    come(client)

    assert Person.objects.get(username="alice").role == "guest"
    invitation.refresh_from_db()
    assert invitation.used_at


def test_who_needs_approval_waits(client, owner):
    Community.objects.update_or_create(pk=1, defaults={"needs_approval": True})

    assert come(client)["Location"] == "/accounts/waiting/"
    alice = Person.objects.get(username="alice")
    assert (alice.awaits, alice.is_active) == ("approval", False)
    assert come(Client())["Location"] == "/accounts/waiting/"


@pytest.mark.parametrize(
    ("domain", "verified", "awaits"), [("example.org", True, ""), ("example.org", False, "address")]
)
def test_of_a_domain_that_is_allowed(client, owner, provider, domain, verified, awaits):
    Community.objects.update_or_create(pk=1, defaults={"mail_domains": domain})
    provider.claims["email_verified"] = verified
    come(client)

    assert Person.objects.get(username="alice").awaits == awaits


def test_of_another_domain_nobody_comes_in(client, owner):
    Community.objects.update_or_create(pk=1, defaults={"mail_domains": "elsewhere.example"})
    answer = come(client)

    assert answer.status_code == 403
    assert "@elsewhere.example" in answer.content.decode()


def test_an_address_that_was_banned_cannot_be_had(client, owner, person):
    BannedAddress.objects.create(address=ADDRESS, person=person("eve"))

    assert come(client).status_code == 403
    assert not Person.objects.filter(username="alice").exists()


def test_a_provider_that_is_trusted_lets_in_whom_the_community_would_not(client, owner, company):
    company["settings"]["sign_up"] = "all"
    Community.objects.update_or_create(pk=1, defaults={"signup_open": False, "needs_approval": True})
    come(client)

    assert who(client) == str(Person.objects.get(username="alice").pk)


def test_a_provider_that_is_for_those_who_are_there_lets_in_nobody_new(client, owner, company):
    company["settings"]["sign_up"] = "none"
    answer = come(client)

    assert answer.status_code == 403
    assert "You have no account here" in answer.content.decode()


# -- What does not hold --------------------------------------------------------------------


def refused(answer: Any, client: Client, status: int, words: str) -> None:
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert not who(client)
    assert not SocialAccount.objects.exists()


def test_a_state_of_somebody_else(client, alice):
    theirs = back_from(leave(Client()))
    refused(client.get(theirs), client, 400, "Begin again")
    refused(client.get(BACK), client, 400, "Begin again")


def test_a_code_that_came_before(client, alice):
    back = back_from(leave(client))
    client.get(back)
    client.logout()
    SocialAccount.objects.all().delete()
    refused(client.get(back), client, 400, "Begin again")


def test_a_code_that_was_used_elsewhere(client, alice, provider):
    back = back_from(leave(client))
    provider._codes.clear()
    refused(client.get(back), client, 400, "does not hold")


@pytest.mark.parametrize(
    "token",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"aud": ["parley", "somebody-else"]},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": 9_999_999_999},
        {"sub": None},
        {"sub": 1001},
        {"sub": ""},
        {"sub": "x" * 300},
    ],
)
def test_an_id_token_that_says_what_it_may_not(client, alice, provider, token):
    provider.token = token
    refused(come(client), client, 400, "does not hold")


@pytest.mark.parametrize("how", ["another key", "none", "shared secret", "no token", "nonsense"])
def test_an_id_token_that_nobody_signed_who_may(client, alice, provider, monkeypatch, how):
    said = {"iss": provider.url, "aud": "parley", "sub": "1001", "iat": 1, "exp": 9_999_999_999}
    token = {
        "another key": lambda: provider.signed(said, key=ec.generate_private_key(ec.SECP256R1())),
        "none": lambda: provider.signed(said, "none"),
        "shared secret": lambda: provider.signed(said, "HS256", "s" * 32),
        "no token": lambda: None,
        "nonsense": lambda: "x.y.z",
    }[how]()
    monkeypatch.setattr(provider, "id_token", lambda: token)
    refused(come(client), client, 400, "does not hold")


def test_somebody_else_in_what_is_said_besides(client, alice, provider):
    provider.userinfo = {"sub": "2002"}
    provider.claims.pop("name")
    refused(come(client), client, 400, "does not hold")


def test_an_issuer_that_is_not_the_one_of_the_settings(client, alice, provider):
    provider.configuration = {"issuer": "https://evil.example"}
    refused(client.post(LEAVE), client, 400, "does not hold")


def test_a_provider_that_is_away(client, alice, provider):
    back = back_from(leave(client))
    provider.stop()
    refused(client.get(back), client, 503, "does not answer")


def test_a_provider_that_was_never_there(client, alice, company, provider):
    company["settings"]["server_url"] = "http://127.0.0.1:1/nobody"
    refused(client.post(LEAVE), client, 503, "does not answer")


def test_a_person_who_says_no_there(client, alice, provider):
    provider.refuses = "access_denied"
    refused(come(client), client, 403, "You did not let")


def test_a_provider_that_has_an_error(client, alice, provider):
    provider.refuses = "server_error"
    refused(come(client), client, 400, "does not hold")


def test_a_new_key_is_fetched(client, alice, provider, monkeypatch):
    come(Client())
    provider.key, provider.kid = ec.generate_private_key(ec.SECP256R1()), "second"
    monkeypatch.setattr("accounts.oidc.discovery.ASKED_AGAIN_AFTER", -1)

    assert come(client)["Location"] == "/"


def test_a_provider_that_is_not_in_the_settings_is_not_found(client, alice):
    for address in (LEAVE, BACK, "/accounts/oidc/company/logout/"):
        other = address.replace("company", "nobody")
        assert client.get(other).status_code in (404, 405)
        assert client.post(other).status_code in (404, 405)


# -- One's own settings --------------------------------------------------------------------


@pytest.fixture
def signed_in(browser_of, alice) -> Client:
    """Alice, who has shown just now who she is."""
    client = browser_of(alice)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_it_is_connected_in_the_settings(signed_in, alice, provider):
    provider.claims |= {"email": "other@example.org"}
    answer = come(signed_in, process="connect")

    assert answer["Location"] == CONNECTED
    page = signed_in.get(CONNECTED).content.decode()
    assert "As <bdi>other@example.org</bdi>" in page
    assert "Disconnect" in page
    assert SocialAccount.objects.get().user == alice


def test_first_one_shows_once_more_who_one_is(browser_of, alice):
    client = browser_of(alice)
    answer = client.post(LEAVE, {"process": "connect"})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    page = client.post(answer["Location"], {"password": PASSWORD})
    assert "http-equiv" in page.content.decode()


def test_nobody_connects_who_is_not_signed_in(client, alice):
    assert client.post(LEAVE, {"process": "connect"})["Location"].startswith("/accounts/login/")


def test_what_is_somebody_elses_is_not_connected(signed_in, bob, provider):
    SocialAccount.objects.create(user=bob, provider="company", uid="1001")
    answer = signed_in.get(back_from(leave(signed_in, process="connect")))

    assert "somebody else" in " ".join(map(str, get_messages(answer.wsgi_request)))
    assert SocialAccount.objects.get().user == bob


def test_it_is_disconnected(signed_in, alice):
    account = SocialAccount.objects.create(user=alice, provider="company", uid="1001")
    signed_in.post(CONNECTED, {"account": account.pk})

    assert not SocialAccount.objects.exists()
    assert mail.outbox[-1].subject == "Your account was disconnected"


def test_one_that_is_in_no_settings_any_longer_can_be_disconnected(signed_in, alice):
    account = SocialAccount.objects.create(user=alice, provider="former", uid="1001")
    assert "former" in signed_in.get(CONNECTED).content.decode()
    signed_in.post(CONNECTED, {"account": account.pk})

    assert not SocialAccount.objects.exists()


def test_the_last_way_to_sign_in_stays(client, owner):
    come(client)
    account = SocialAccount.objects.get()
    answer = client.post(CONNECTED, {"account": account.pk})

    assert answer.status_code == 422
    assert "You could not sign in any longer" in answer.content.decode()
    assert SocialAccount.objects.exists()


def test_nobody_disconnects_for_another(signed_in, bob):
    account = SocialAccount.objects.create(user=bob, provider="company", uid="1001")

    assert signed_in.post(CONNECTED, {"account": account.pk}).status_code == 422
    assert SocialAccount.objects.exists()


def test_who_leaves_for_good_takes_it_along(client_of, owner, alice):
    SocialAccount.objects.create(user=alice, provider="company", uid="1001")
    client_of(alice).post("/accounts/delete/", {"what_i_wrote": "keep", "password": PASSWORD})

    assert not SocialAccount.objects.exists()


def test_without_providers_there_is_nothing_of_it(client_of, client, alice, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}

    assert client_of(alice).get(CONNECTED).status_code == 404
    assert "/oidc/" not in client.get("/accounts/login/").content.decode()


# -- By a provider alone -------------------------------------------------------------------


@pytest.fixture
def alone(settings) -> None:
    settings.SIGN_IN_ONLY_BY_PROVIDER = True


def test_there_is_no_password_to_sign_in_with(client, alice, alone):
    page = client.get("/accounts/login/").content.decode()
    assert "Sign in with" in page
    assert "password" not in page.lower()
    answer = client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert answer.status_code == 403
    assert "No passwords here" in answer.content.decode()
    assert come(client)["Location"] == "/"


FORMS: dict[str, dict[str, str]] = {
    "/accounts/signup/": {"username": "bob", "password1": "correct horse 9"},
    "/accounts/password/reset/": {"email": ADDRESS},
    "/accounts/password/reset/key/1-set-password/": {
        "password1": "a new horse 10",
        "password2": "a new horse 10",
    },
}


@pytest.mark.parametrize("address", FORMS)
def test_nothing_else_leads_in(client, alice, alone, address):
    assert client.post(address, FORMS[address]).status_code == 403
    assert not mail.outbox
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    "address", ["/accounts/password/change/", "/accounts/password/set/", "/accounts/reauthenticate/"]
)
def test_no_password_is_asked_for_or_changed(client_of, alice, alone, address):
    assert client_of(alice).get(address).status_code == 403


def test_a_provider_is_connected_without_a_password(client_of, alice, alone, provider):
    provider.claims |= {"email": "other@example.org"}
    client = client_of(alice)
    come(client, process="connect")

    assert SocialAccount.objects.get().user == alice


def test_who_has_a_second_step_shows_that_before_a_provider_is_connected(client_of, alice, alone):
    TOTP.activate(alice, "A" * 32)
    answer = client_of(alice).post(LEAVE, {"process": "connect"})

    assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")


def test_who_follows_a_link_to_join_finds_the_provider(client, alice, alone):
    page = client.get("/accounts/signup/").content.decode()
    assert f'action="{LEAVE}"' in page
    assert '<input type="password"' not in page


def test_an_account_ends_by_its_username(client_of, owner, alice, alone):
    client = client_of(alice)
    form = {"what_i_wrote": "keep", "username": "bob"}
    assert client.post("/accounts/delete/", form).status_code == 422
    client.post("/accounts/delete/", form | {"username": "Alice"})
    alice.refresh_from_db()
    assert not alice.is_active


# -- Signed out there ----------------------------------------------------------------------

THERE = "/accounts/oidc/company/logout/"


@pytest.fixture
def tell(provider) -> Callable[..., int]:
    """The provider says that somebody has signed out: the status that it gets."""

    def post(token: str | None = None, **instead: Any) -> int:
        sent = {"logout_token": provider.logout_token(**instead) if token is None else token}
        # It has no cookie, and no token of ours.
        answer = Client(enforce_csrf_checks=True).post(THERE, sent)
        assert answer["Cache-Control"] == "no-store"
        return answer.status_code

    return post


def test_who_signs_out_there_is_signed_out_here(client, alice, browser_of, tell):
    come(client)
    by_password = browser_of(alice)
    assert tell() == 200

    assert not who(client)
    assert who(by_password)


@pytest.mark.parametrize("named", [{"sid": None}, {"sub": None}])
def test_one_of_session_and_person_is_enough(client, alice, tell, named):
    come(client)
    assert tell(**named) == 200
    assert not who(client)


def test_another_session_there_is_another_here(client, alice, provider, tell):
    come(client)
    provider.sid = "session-2"
    other = Client()
    come(other)
    assert tell(sid="session-1") == 200

    assert not who(client)
    assert who(other)
    assert tell(sid=None) == 200
    assert not who(other)


def test_a_session_is_found_under_its_new_key_after_a_new_password(client, alice, tell):
    come(client)
    new = {"oldpassword": PASSWORD, "password1": "a new horse 10", "password2": "a new horse 10"}
    client.post("/accounts/password/change/", new)
    assert who(client)
    assert tell() == 200
    assert not who(client)


@pytest.mark.parametrize(
    "instead",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"iat": 1_700_000_000, "exp": None},
        {"iat": None},
        {"exp": 1_700_000_000},
        {"jti": None},
        {"events": None},
        {"events": {"another": {}}},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": "yes"}},
        {"nonce": "x"},
        {"sub": None, "sid": None},
    ],
)
def test_a_logout_that_does_not_hold_ends_nothing(client, alice, tell, instead):
    come(client)
    assert tell(**instead) == 400
    assert who(client)


def test_a_logout_that_nobody_signed_who_may_ends_nothing(client, alice, provider, tell):
    come(client)
    said = {"iss": provider.url, "aud": "parley", "sub": "1001"}
    for token in ("", "x.y.z", provider.signed(said, "none"), provider.signed(said, "HS256", "s" * 32)):
        assert tell(token) == 400
    assert tell(provider.id_token()) == 400
    assert who(client)


def test_a_logout_is_believed_once(client, alice, provider, tell):
    token = provider.logout_token()
    assert tell(token) == 200
    come(client)
    assert tell(token) == 400
    assert who(client)


def test_a_logout_of_somebody_unknown_is_no_error(alice, tell):
    assert tell(sub="nobody", sid=None) == 200


def test_a_provider_that_cannot_be_asked_for_its_keys(alice, provider, tell):
    token = provider.logout_token()
    provider.stop()
    assert tell(token) == 503


def test_for_a_key_that_is_unknown_the_provider_is_not_asked_again_and_again(alice, provider, tell):
    for number in range(5):
        provider.kid = f"unknown-{number}"
        token = provider.logout_token()
        provider.kid = "first"
        assert tell(token) == 400
    assert provider.asked.count("jwks") == 1


async def test_a_page_of_who_signed_out_there_is_closed_at_once(
    sockets: Sockets, provider: Provider, owner: Any
) -> None:
    def sign_in() -> Client:
        client = Client()
        come(client)
        return client

    def sign_out_there() -> int:
        answer = Client(enforce_csrf_checks=True).post(THERE, {"logout_token": provider.logout_token()})
        return answer.status_code

    client = await sync_to_async(sign_in)()
    page = await sockets("/ws/live/", client)
    assert await sync_to_async(sign_out_there)() == 200
    assert await page.closed() == 4401
