"""/accounts/email/: one's addresses."""

import re

import pytest
from django.core import mail

ADDRESS = "/accounts/email/"


def link_in(message) -> str:
    return re.findall(r"http://testserver(\S+)", message.body)[0]


def addresses_of(person) -> dict[str, tuple[bool, bool]]:
    return {row.email: (row.primary, row.verified) for row in person.emailaddress_set.all()}


def test_an_address_is_added_and_confirmed(client_of, alice):
    client = client_of(alice)
    response = client.post(ADDRESS, {"email": "Alice@Example.org", "action_add": ""}, follow=True)
    assert "on its way to alice@example.org" in response.content.decode()
    link = link_in(mail.outbox[0])
    assert "Is this your address?" in client.get(link).content.decode()
    assert addresses_of(alice) == {"alice@example.org": (False, False)}
    client.post(link)
    assert addresses_of(alice) == {"alice@example.org": (True, True)}


def test_one_becomes_the_main_one_and_the_other_goes(client_of, alice):
    alice.emailaddress_set.create(email="a@example.org", primary=True, verified=True)
    alice.emailaddress_set.create(email="b@example.org", verified=True)
    client = client_of(alice)
    client.post(ADDRESS, {"email": "b@example.org", "action_primary": ""})
    client.post(ADDRESS, {"email": "a@example.org", "action_remove": ""})
    assert addresses_of(alice) == {"b@example.org": (True, True)}


def test_the_main_one_of_several_stays(client_of, alice):
    alice.emailaddress_set.create(email="a@example.org", primary=True, verified=True)
    alice.emailaddress_set.create(email="b@example.org", verified=True)
    response = client_of(alice).post(ADDRESS, {"email": "a@example.org", "action_remove": ""}, follow=True)
    assert "is your main address" in response.content.decode()
    assert len(addresses_of(alice)) == 2


@pytest.mark.parametrize("email", ["", "no address", "\x00", "a@example.org\nBcc: b@example.org"])
def test_what_is_no_address_is_refused(client_of, alice, email):
    response = client_of(alice).post(ADDRESS, {"email": email, "action_add": ""})
    assert 'aria-invalid="true"' in response.content.decode()
    assert not addresses_of(alice)


def test_the_address_of_another_stays_theirs(client_of, alice, bob):
    bob.emailaddress_set.create(email="b@example.org", primary=True, verified=True)
    client = client_of(alice)
    client.post(ADDRESS, {"email": "b@example.org", "action_remove": ""})
    client.post(ADDRESS, {"email": "b@example.org", "action_primary": ""})
    assert addresses_of(bob) == {"b@example.org": (True, True)}


def test_following_a_link_signs_nobody_out(client_of, alice, bob):
    client_of(alice).post(ADDRESS, {"email": "alice@example.org", "action_add": ""})
    link = link_in(mail.outbox[0])
    client = client_of(bob)
    assert client.get(link).status_code == 200
    assert client.get("/rooms/").status_code == 200


def test_a_wrong_link_says_so(client, alice):
    assert "This link is over" in client.get("/accounts/confirm-email/nothing/").content.decode()


def test_a_stranger_signs_in_first(client, alice):
    assert client.get(ADDRESS).status_code == 302
