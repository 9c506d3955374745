"""/accounts/password/…: changing it, and resetting it by mail."""

import re

import pytest
from django.core import mail

CHANGE = "/accounts/password/change/"
RESET = "/accounts/password/reset/"
NEW = "a new horse 10"


def link_in(message) -> str:
    return re.findall(r"http://testserver(\S+)", message.body)[0]


def test_it_is_changed_and_one_stays_here_alone(browser_of, alice):
    here, there = browser_of(alice), browser_of(alice)
    form = {"oldpassword": "parley-demo", "password1": NEW, "password2": NEW}
    response = here.post(CHANGE, form, follow=True)
    assert "Your password is changed." in response.content.decode()
    assert there.get("/rooms/").status_code == 302
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count("Firefox on Linux <") == 1
    browser_of(alice, NEW)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"oldpassword": "wrong"}, "That is not your password."),
        ({"password2": "another horse"}, "You must type the same password each time."),
        ({"password1": "short", "password2": "short"}, "too short"),
    ],
)
def test_a_change_that_cannot_be_is_refused(browser_of, alice, wrong, said):
    here = browser_of(alice)
    form = {"oldpassword": "parley-demo", "password1": NEW, "password2": NEW} | wrong
    assert said in here.post(CHANGE, form).content.decode()
    alice.refresh_from_db()
    assert alice.check_password("parley-demo")


def test_a_stranger_changes_nothing(client, alice):
    assert client.get(CHANGE)["Location"] == f"/accounts/login/?next={CHANGE}"


def test_it_is_reset_by_mail(client, person, browser_of):
    alice = person("alice", email="alice@example.org")
    response = client.post(RESET, {"email": "Alice@Example.org"}, follow=True)
    assert "Look into your mail" in response.content.decode()
    [message] = mail.outbox
    assert message.to == ["alice@example.org"]
    assert "the account alice in Parley" in message.body
    page = client.get(link_in(message), follow=True)
    assert "A new password" in page.content.decode()
    response = client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your password is new" in response.content.decode()
    browser_of(alice, NEW)


def test_a_link_works_once(client, person):
    person("alice", email="alice@example.org")
    client.post(RESET, {"email": "alice@example.org"})
    address = link_in(mail.outbox[0])
    form = client.get(address, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert "This link is over" in client.get(address, follow=True).content.decode()


@pytest.mark.parametrize("address", ["1-nothing", "zzz-abc-def", "1-set-password"])
def test_a_wrong_link_says_so(client, alice, address):
    page = client.get(f"/accounts/password/reset/key/{address}/", follow=True)
    assert "This link is over" in page.content.decode()


def test_a_weak_password_is_refused(client, person):
    person("alice", email="alice@example.org")
    client.post(RESET, {"email": "alice@example.org"})
    form = client.get(link_in(mail.outbox[0]), follow=True).redirect_chain[-1][0]
    assert client.post(form, {"password1": "short", "password2": "short"}).status_code == 422


def test_nobody_learns_who_has_an_account(client, person):
    person("alice", email="alice@example.org")
    known = client.post(RESET, {"email": "alice@example.org"}, follow=True)
    unknown = client.post(RESET, {"email": "nobody@example.org"}, follow=True)
    assert known.content == unknown.content
    assert len(mail.outbox) == 1


def test_following_a_link_signs_nobody_out(client_of, person, bob):
    person("alice", email="alice@example.org")
    client = client_of(bob)
    client.post(RESET, {"email": "alice@example.org"})
    client.get(link_in(mail.outbox[0]), follow=True)
    assert client.get("/rooms/").status_code == 200


def test_a_link_is_for_this_site_alone(client, person):
    person("alice", email="alice@example.org")
    response = client.post(RESET, {"email": "alice@example.org"}, headers={"host": "evil.example"})
    assert response.status_code == 400
    assert not mail.outbox
