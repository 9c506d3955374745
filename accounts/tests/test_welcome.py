"""/welcome/: the first run."""

import threading

import pytest
from django.db import connection
from django.test import Client

from accounts import actions
from accounts.models import Community, Person

FORM = {"community": "The Crew", "username": "alice", "email": "", "password1": "correct horse 9"}


@pytest.mark.django_db
def test_the_first_person_founds_the_community_and_is_in(client):
    response = client.post("/welcome/", FORM)
    assert response.status_code == 302
    assert response["Location"] == "/"
    alice = Person.objects.get()
    assert (alice.username, alice.is_staff, alice.is_superuser) == ("alice", True, True)
    assert Community.objects.get().name == "The Crew"
    assert client.session["_auth_user_id"] == str(alice.pk)
    page = client.get("/", follow=True)
    assert page.status_code == 200
    assert "The Crew" in page.content.decode()


@pytest.mark.django_db
def test_the_first_person_finds_the_room_general(client):
    client.post("/welcome/", FORM)
    assert client.get("/rooms/general/").status_code == 200


@pytest.mark.django_db
def test_an_address_is_asked_for_confirmation(client, mailoutbox):
    client.post("/welcome/", FORM | {"email": "alice@example.org"})
    assert [mail.to for mail in mailoutbox] == [["alice@example.org"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/rooms/", "/accounts/login/", "/accounts/signup/", "/admin/", "/nowhere/"]
)
def test_every_address_of_an_empty_site_leads_to_it(client, address):
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"] == "/welcome/"


@pytest.mark.django_db
def test_a_post_leads_to_it_too(client):
    assert client.post("/accounts/login/", {"login": "alice"})["Location"] == "/welcome/"


@pytest.mark.django_db
def test_it_is_gone_once_there_is_somebody(client, alice):
    assert client.get("/welcome/")["Location"] == "/"
    assert client.post("/welcome/", FORM | {"username": "bob"})["Location"] == "/"
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_a_weak_password_is_refused(client):
    response = client.post("/welcome/", FORM | {"password1": "alice"})
    assert response.status_code == 422
    assert "too short" in response.content.decode()
    assert not Person.objects.exists()
    assert not Community.objects.exists()


@pytest.mark.django_db
def test_a_community_needs_a_name(client):
    response = client.post("/welcome/", FORM | {"community": " \u202e\x00 "})
    assert response.status_code == 422
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_a_name_with_html_is_text(client):
    client.post("/welcome/", FORM | {"community": "<b hx-get=/x>Crew</b>"})
    page = client.get("/rooms/").content.decode()
    assert "&lt;b hx-get=/x&gt;Crew&lt;/b&gt;" in page
    assert "<b hx-get" not in page


@pytest.mark.django_db
def test_without_a_token_nothing_is_founded():
    assert Client(enforce_csrf_checks=True).post("/welcome/", FORM).status_code == 403
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_becomes_administrator():
    outcomes = []
    together = threading.Barrier(2)

    def found(username: str) -> None:
        together.wait()
        try:
            actions.found_community(name="Crew", username=username, email="", password="correct horse 9")
            outcomes.append("founded")
        except actions.Rejected:
            outcomes.append("rejected")
        finally:
            connection.close()

    threads = [threading.Thread(target=found, args=[name]) for name in ("alice", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["founded", "rejected"]
    assert Person.objects.count() == 1


def test_asking_whether_anybody_is_there_costs_one_query(client, alice, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/rooms/")
