"""/accounts/signup/: a new account."""

import re
import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Community, Mail, Person

ADDRESS = "/accounts/signup/"
FORM = {"username": "bob", "email": "", "password1": "correct horse 9"}


def test_a_new_account_is_signed_in_and_home(client, alice):
    response = client.post(ADDRESS, FORM)
    assert response.status_code == 302
    assert response["Location"] == "/"
    bob = Person.objects.get(username="bob")
    assert not bob.is_staff
    assert not bob.is_superuser
    assert client.session["_auth_user_id"] == str(bob.pk)
    assert client.get("/", follow=True).status_code == 200


def test_the_page_says_what_goes_where(client, alice):
    page = client.get(ADDRESS).content.decode()
    assert '<label for="id_username">Username</label>' in page
    assert '<label for="id_email">Email (optional)</label>' in page
    assert '<label for="id_password1">Password</label>' in page
    assert '<button class="button" type="submit">Create account</button>' in page
    assert 'autocomplete="new-password"' in page


def test_an_address_is_asked_for_confirmation(client, alice, mailoutbox):
    client.post(ADDRESS, FORM | {"email": "Bob@Example.org"})
    [mail] = mailoutbox
    assert mail.to == ["bob@example.org"]
    assert mail.subject == "Confirm your address"
    assert "/accounts/confirm-email/" in mail.body


def test_mail_that_cannot_be_sent_keeps_nobody_out(client, alice, monkeypatch):
    def away(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", away)
    response = client.post(ADDRESS, FORM | {"email": "bob@example.org"}, follow=True)
    assert response.status_code == 200
    assert "could not" not in response.content.decode()
    assert Mail.objects.get().to == "bob@example.org"
    assert Person.objects.filter(username="bob").exists()


@pytest.mark.parametrize("username", ["alice", "Alice", "ALICE"])
def test_a_username_that_differs_by_case_alone_is_taken(client, alice, username):
    response = client.post(ADDRESS, FORM | {"username": username})
    assert response.status_code == 422
    assert "is here already" in response.content.decode()


@pytest.mark.parametrize(
    "username",
    [
        "",
        " ",
        "\x00",
        "<b>bob</b>",
        "b b",
        "b@b.example",
        "аlice",
        "ｂob",
        "bob.",
        "-",
        "b" * 41,
        "bob\u202e",
    ],
)
def test_a_username_of_other_signs_is_refused(client, alice, username):
    count = Person.objects.count()
    response = client.post(ADDRESS, FORM | {"username": username})
    assert response.status_code == 422
    assert Person.objects.count() == count


def test_a_username_that_means_everybody_is_kept_free(client, alice):
    response = client.post(ADDRESS, FORM | {"username": "Everyone"})
    assert response.status_code == 422
    assert "kept free" in response.content.decode()


@pytest.mark.parametrize("password", ["", "short", "12345678901", "password123", "bobbobbob"])
def test_a_weak_password_is_refused(client, alice, password):
    response = client.post(ADDRESS, FORM | {"username": "bobbobbob", "password1": password})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert 'id="id_password1_error"' in response.content.decode()


def words(response) -> str:
    """What a page says, but for the name of who reads it."""
    page = re.sub(r"<head>.*?</head>|<[^>]*>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+|eve\d", " ", page)


@pytest.mark.parametrize("verified", [True, False])
def test_nobody_learns_whose_address_is_taken(person, mailoutbox, verified):
    alice = person("alice", email="alice@example.org")
    alice.emailaddress_set.create(email="alice@example.org", primary=True, verified=verified)
    said = []
    for number, email in enumerate(("alice@example.org", "eve@example.org")):
        eve = Client()
        assert eve.post(ADDRESS, FORM | {"username": f"eve{number}", "email": email})["Location"] == "/"
        pages = [words(eve.get("/accounts/email/")) for _ in range(2)]
        assert f"on its way to {email}" in pages[0]
        said.append([page.replace(email, "…") for page in pages])
    assert said[0] == said[1]
    taken, free = mailoutbox
    assert (taken.to, free.to) == (["alice@example.org"], ["eve@example.org"])
    assert free.subject == "Confirm your address"
    if verified:
        assert taken.subject == "You have an account already"
        assert "/accounts/password/reset/" in taken.body


def test_an_address_that_is_taken_opens_no_account_to_another(client, person):
    alice = person("alice", email="alice@example.org")
    alice.emailaddress_set.create(email="alice@example.org", primary=True, verified=True)
    client.post(ADDRESS, FORM | {"email": "alice@example.org"})
    form = {"login": "alice@example.org", "password": FORM["password1"]}
    assert Client().post("/accounts/login/", form).status_code == 422
    form = {"login": "alice@example.org", "password": "parley-demo"}
    assert Client().post("/accounts/login/", form).status_code == 302


def test_nobody_becomes_administrator_by_asking(client, alice):
    client.post(ADDRESS, FORM | {"is_staff": "on", "is_superuser": "on"})
    bob = Person.objects.get(username="bob")
    assert not bob.is_staff
    assert not bob.is_superuser


def test_a_closed_community_says_so(client, alice):
    Community.objects.create(signup_open=False)
    for response in (client.get(ADDRESS), client.post(ADDRESS, FORM)):
        assert response.status_code == 403
        assert "By invitation" in response.content.decode()
    assert Person.objects.count() == 1


def test_a_closed_community_does_not_invite_on_the_sign_in_page(client, alice):
    assert ADDRESS in client.get("/accounts/login/").content.decode()
    Community.objects.create(signup_open=False)
    assert ADDRESS not in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_one_username_the_second_is_told(person):
    person("alice")
    answers = []
    together = threading.Barrier(2)

    def sign_up() -> None:
        together.wait()
        answers.append(Client().post(ADDRESS, FORM).status_code)
        connection.close()

    threads = [threading.Thread(target=sign_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 422]
    assert Person.objects.filter(username="bob").count() == 1
