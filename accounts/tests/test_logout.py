"""/accounts/logout/: signing out, by POST alone."""

from django.contrib.sessions.models import Session
from django.test import Client

ADDRESS = "/accounts/logout/"


def test_a_post_signs_out_and_leads_to_the_sign_in(client_of, alice):
    client = client_of(alice)
    response = client.post(ADDRESS, follow=True)
    assert response.redirect_chain == [("/accounts/login/", 302)]
    assert "You are signed out." in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_session_is_deleted(client_of, alice):
    client = client_of(alice)
    key = client.session.session_key
    client.post(ADDRESS)
    assert not Session.objects.filter(pk=key).exists()


def test_a_get_asks_and_signs_nobody_out(client_of, alice):
    client = client_of(alice)
    response = client.get(ADDRESS)
    assert response.status_code == 200
    assert "Sign out?" in response.content.decode()
    assert client.get("/rooms/").status_code == 200


def test_a_head_signs_nobody_out(client_of, alice):
    client = client_of(alice)
    client.head(ADDRESS)
    assert client.get("/rooms/").status_code == 200


def test_without_a_token_one_stays(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(ADDRESS).status_code == 403
    assert client.get("/rooms/").status_code == 200


def test_it_leads_to_no_other_site(client_of, alice):
    assert client_of(alice).post(ADDRESS, {"next": "https://example.org/"})["Location"] == "/accounts/login/"
