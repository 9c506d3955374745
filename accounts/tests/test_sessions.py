"""/accounts/sessions/: where one is signed in."""

import datetime

import pytest
from allauth.usersessions.models import UserSession
from bs4 import BeautifulSoup
from django.contrib.auth import BACKEND_SESSION_KEY, get_user
from django.contrib.sessions.backends import db as stock
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import session_store
from accounts.access import person_signed_in
from accounts.devices import device_of
from live import actions as live_actions
from live.models import LEASE, Connection, Process
from live.sessions import digest

ADDRESS = "/accounts/sessions/"


def record_of(person, client):
    return person.usersession_set.get(session_key=client.session.session_key)


def test_each_is_there_and_this_one_is_marked(browser_of, alice):
    here, _there = browser_of(alice), browser_of(alice)
    page = here.get(ADDRESS).content.decode()
    assert page.count("Firefox on Linux <") == 2
    assert page.count("This browser") == 1
    assert page.count("Sign out there") == 1


def test_signing_out_there_ends_it_there_alone(
    browser_of, alice, monkeypatch, django_capture_on_commit_callbacks
):
    deleted: list[str] = []
    monkeypatch.setattr("live.signals._ended", deleted.append)
    here, there = browser_of(alice), browser_of(alice)
    key = there.session.session_key
    with django_capture_on_commit_callbacks(execute=True):
        response = here.post(f"{ADDRESS}{record_of(alice, there).pk}/end/")
    assert response.status_code == 303
    assert response["Location"] == ADDRESS
    assert not Session.objects.filter(pk=key).exists()
    # What closes the sockets of a session was told.
    assert deleted == [key]
    assert there.get("/rooms/").status_code == 302
    assert "You are signed out there." in here.get(ADDRESS).content.decode()


def test_signing_out_here_is_signing_out(browser_of, alice):
    here = browser_of(alice)
    response = here.post(f"{ADDRESS}{record_of(alice, here).pk}/end/", follow=True)
    assert response.redirect_chain == [("/accounts/login/", 303)]
    assert "_auth_user_id" not in here.session


def test_everywhere_else(browser_of, alice):
    here, others = browser_of(alice), [browser_of(alice) for _ in range(3)]
    assert here.post(ADDRESS).status_code == 303
    assert here.get(ADDRESS).status_code == 200
    assert [other.get("/rooms/").status_code for other in others] == [302, 302, 302]


def test_nobody_ends_the_session_of_another(browser_of, alice, bob):
    hers, his = browser_of(alice), browser_of(bob)
    assert his.post(f"{ADDRESS}{record_of(alice, hers).pk}/end/").status_code == 404
    assert hers.get(ADDRESS).status_code == 200


def test_what_is_over_is_not_shown(browser_of, alice):
    here, there = browser_of(alice), browser_of(alice)
    Session.objects.filter(pk=there.session.session_key).delete()
    assert "Sign out there" not in here.get(ADDRESS).content.decode()


@pytest.mark.parametrize("address", ["0/end/", "999999999999999999/end/", "99999999999999999999999/end/"])
def test_one_that_is_not_there(browser_of, alice, address):
    assert browser_of(alice).post(ADDRESS + address).status_code == 404


def test_it_ends_by_post_alone(browser_of, alice):
    here = browser_of(alice)
    assert here.get(f"{ADDRESS}{record_of(alice, here).pk}/end/").status_code == 405
    assert here.get(ADDRESS).status_code == 200


def test_a_stranger_signs_in_first(client, alice):
    assert client.get(ADDRESS).status_code == 302
    assert client.post(ADDRESS).status_code == 302
    assert client.post(f"{ADDRESS}1/end/").status_code == 302


def test_it_takes_as_many_queries_for_many(browser_of, alice):
    here = browser_of(alice)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            here.get(ADDRESS)
        return len(captured)

    few = queries()
    for _ in range(20):
        browser_of(alice)
    assert queries() == few


def test_each_says_when_it_was_here(browser_of, alice):
    here, there, open_ = browser_of(alice), browser_of(alice), browser_of(alice)
    process = Process.objects.create(lease_until=timezone.now() + LEASE)
    left = timezone.make_aware(datetime.datetime(2026, 5, 3, 12, 30))
    for client, closed_at in ((there, left), (open_, None)):
        Connection.objects.create(
            process=process, person=alice, session=digest(client.session.session_key), closed_at=closed_at,
            present_until=closed_at,
        )  # fmt: skip
    page = " ".join(BeautifulSoup(here.get(ADDRESS).content.decode(), "html.parser").get_text().split())
    assert page.count("Here now") == 1
    assert page.count("Last here 3 May 2026, 12:30") == 1


def test_when_it_was_here_is_known_for_longer_than_the_log_remembers(browser_of, alice):
    here, there = browser_of(alice), browser_of(alice)
    process = Process.objects.create(lease_until=timezone.now() + LEASE)
    row = Connection.objects.create(process=process, person=alice, session=digest(there.session.session_key))
    signed_in = timezone.now() - datetime.timedelta(days=9)
    UserSession.objects.update(created_at=signed_in, last_seen_at=signed_in)
    live_actions.close_connections([live_actions.Departure(row.pk, there.session.session_key, 1001)])
    Connection.objects.all().delete()

    page = " ".join(BeautifulSoup(here.get(ADDRESS).content.decode(), "html.parser").get_text().split())

    assert page.count("Last here") == 1


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "A browser that does not say its name"),
    ],
)
def test_a_browser_in_words(user_agent, device):
    assert device_of(user_agent) == device


# -- Whose session it is, is found by queries of our own: by Django's rules ------------------


def test_a_session_that_holds_is_two_queries(client_of, alice):
    request = HttpRequest()
    request.session = session_store.SessionStore(client_of(alice).session.session_key)
    with CaptureQueriesContext(connection) as captured:
        assert person_signed_in(request) == alice
    assert len(captured) == 2


@pytest.mark.parametrize(
    "what",
    ["it holds", "expired", "deleted", "deactivated", "nobody", "password", "backend", "secret", "no secret"],
)
def test_who_asks_is_whom_django_finds(client_of, alice, settings, what):
    session, whose = client_of(alice).session, alice.pk
    if what == "expired":
        Session.objects.update(expire_date=timezone.now() - datetime.timedelta(seconds=1))
    elif what == "deleted":
        Session.objects.all().delete()
    elif what == "deactivated":
        alice.is_active = False
        alice.save()
    elif what == "nobody":
        alice.delete()
    elif what == "password":
        alice.set_password("another horse 10")
        alice.save()
    elif what == "backend":
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session.save()
    elif what.endswith("secret"):
        former, settings.SECRET_KEY = settings.SECRET_KEY, "a newer one"
        settings.SECRET_KEY_FALLBACKS = [former] if what == "secret" else []

    key = session.session_key
    ours = found_by(person_signed_in, session_store.SessionStore, key)
    djangos = found_by(get_user, stock.SessionStore, key)

    assert ours == djangos
    assert (ours[0] == whose) is (what in ("it holds", "secret"))


def found_by(find, store, key):
    """Who that is, whether the session has the key that it had, and what is in it then."""
    with transaction.atomic():
        request = HttpRequest()
        request.session = store(key)
        found = find(request).pk, request.session.session_key == key, dict(request.session.items())
        transaction.set_rollback(True)
    return found
