"""/join/<token>/: the community's join link."""

import pytest

from accounts import joining
from accounts.models import Community, Person

FORM = {"username": "bob", "email": "", "password1": "correct horse 9"}


@pytest.fixture
def community(alice) -> Community:
    return Community.objects.create(name="Crew", signup_open=False)


def test_it_leads_into_a_closed_community(client, community):
    response = client.get(f"/join/{community.join_token}/", follow=True)
    assert response.redirect_chain == [("/accounts/signup/", 302)]
    assert response.status_code == 200
    assert client.post("/accounts/signup/", FORM)["Location"] == "/"
    assert Person.objects.filter(username="bob").exists()


def test_it_leads_into_an_open_one_too(client, community):
    Community.objects.update(signup_open=True)
    assert client.get(f"/join/{community.join_token}/")["Location"] == "/accounts/signup/"


def test_who_is_in_goes_home(client_of, alice, community):
    assert client_of(alice).get(f"/join/{community.join_token}/")["Location"] == "/"


@pytest.mark.parametrize("token", ["wrong", "é", "%00", "x" * 5000])
def test_a_wrong_one_says_so(client, community, token):
    response = client.get(f"/join/{token}/")
    assert response.status_code == 404
    assert "This join link is over" in response.content.decode()
    assert client.get("/accounts/signup/").status_code == 403


def test_an_old_one_says_so(client, alice, community):
    old = community.join_token
    joining.replace_join_link(alice, uses=None)
    assert client.get(f"/join/{old}/").status_code == 404


def test_one_that_is_replaced_meanwhile_leads_nowhere(client, alice, community):
    client.get(f"/join/{community.join_token}/")
    joining.replace_join_link(alice, uses=None)
    assert client.post("/accounts/signup/", FORM).status_code == 403
