"""/accounts/login/: signing in."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person

ADDRESS = "/accounts/login/"


@pytest.mark.parametrize("login", ["alice", "ALICE", " alice ", "alice@example.org", "Alice@Example.org"])
def test_by_username_or_email_whatever_the_case(client, person, login):
    alice = person("alice", email="alice@example.org")
    response = client.post(ADDRESS, {"login": login, "password": "parley-demo"})
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_the_page_says_what_goes_where(client, alice):
    page = client.get(ADDRESS).content.decode()
    assert '<label for="id_login">Username or email</label>' in page
    assert '<label for="id_password">Password</label>' in page
    assert '<button class="button" type="submit">Sign in</button>' in page
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "placeholder" not in page


def test_it_leads_on_to_where_one_wanted_to_go(client, alice):
    assert client.get("/rooms/")["Location"] == "/accounts/login/?next=/rooms/"
    response = client.post(ADDRESS, {"login": "alice", "password": "parley-demo", "next": "/rooms/"})
    assert response["Location"] == "/rooms/"


def test_it_leads_nowhere_else(client, alice):
    form = {"login": "alice", "password": "parley-demo", "next": "https://example.org/"}
    assert client.post(ADDRESS, form)["Location"] == "/"


def test_the_session_is_a_new_one(client, alice):
    client.get("/accounts/signup/")
    before = client.session.session_key
    client.post(ADDRESS, {"login": "alice", "password": "parley-demo"})
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("login", "password"), [("alice", "wrong"), ("nobody", "parley-demo"), ("a@b.example", "x")]
)
def test_a_wrong_name_or_password_is_refused_in_one_sentence(client, alice, login, password):
    response = client.post(ADDRESS, {"login": login, "password": password})
    assert response.status_code == 422
    assert "do not belong together" in response.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "form", [{}, {"login": "alice"}, {"login": "\x00", "password": "\x00"}, {"login": "é" * 9999}]
)
def test_what_is_missing_or_odd_is_refused(client, alice, form):
    assert client.post(ADDRESS, form).status_code == 422


def test_an_account_that_is_closed_gets_a_page_that_says_so(client, person):
    person("alice", is_active=False)
    response = client.post(ADDRESS, {"login": "alice", "password": "parley-demo"}, follow=True)
    assert response.redirect_chain == [("/accounts/inactive/", 302)]
    assert "This account is closed" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_an_account_takes_five_wrong_tries(client, alice):
    for _ in range(5):
        assert client.post(ADDRESS, {"login": "alice", "password": "wrong"}).status_code == 422
    response = client.post(ADDRESS, {"login": "alice", "password": "parley-demo"})
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()


def test_an_address_takes_twenty_wrong_tries(client, alice):
    for number in range(20):
        assert client.post(ADDRESS, {"login": f"somebody{number}", "password": "wrong"}).status_code == 422
    assert client.post(ADDRESS, {"login": "alice", "password": "parley-demo"}).status_code == 429


def test_too_many_posts_get_the_page_that_says_so(client, alice, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    client.post(ADDRESS, {})
    response = client.post(ADDRESS, {})
    assert response.status_code == 429
    assert "Slow down a little" in response.content.decode()


def test_without_a_token_nobody_comes_in(alice):
    client = Client(enforce_csrf_checks=True)
    response = client.post(ADDRESS, {"login": "alice", "password": "parley-demo"})
    assert response.status_code == 403
    assert "open too long" in response.content.decode()


def test_who_is_in_goes_home(client_of, alice):
    assert client_of(alice).get(ADDRESS)["Location"] == "/"


def test_signed_in_pages_are_kept_nowhere(client_of, alice):
    assert client_of(alice).get("/accounts/profile/")["Cache-Control"] == "no-store"


def test_it_takes_as_many_queries_on_a_large_site(client, alice, browser_of):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            response = Client().post(ADDRESS, {"login": "alice", "password": "parley-demo"})
        assert response.status_code == 302
        return sum("SAVEPOINT" not in query["sql"] for query in captured)

    small = queries()
    Person.objects.bulk_create([Person(username=f"person{number}") for number in range(1000)])
    for _ in range(20):
        browser_of(alice)
    assert queries() == small
    assert small == 11


def test_sessions_that_are_over_are_forgotten(alice, browser_of):
    browser_of(alice)
    Session.objects.all().delete()
    browser_of(alice)
    assert alice.usersession_set.count() == 1
