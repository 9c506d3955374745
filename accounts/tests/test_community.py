"""/accounts/community/: what the community is called and who may come in, for administrators."""

import pytest

from accounts.models import Community

ADDRESS = "/accounts/community/"


def test_an_administrator_renames_and_closes_it(client_of, administrator):
    client = client_of(administrator)
    response = client.post(ADDRESS, {"name": "  The   Crew "})
    assert response.status_code == 303
    community = Community.objects.get()
    assert (community.name, community.signup_open) == ("The Crew", False)
    page = client.get(ADDRESS).content.decode()
    assert "The community is saved." in page
    assert "<title>Community · The Crew</title>" in page


def test_an_administrator_opens_it(client_of, administrator):
    Community(signup_open=False).save()
    client_of(administrator).post(ADDRESS, {"name": "Crew", "signup_open": "on"})
    assert Community.objects.get().signup_open


def test_the_join_link_is_there_and_works(client, client_of, administrator):
    page = client_of(administrator).get(ADDRESS).content.decode()
    link = f"/join/{Community.objects.get().join_token}/"
    assert f'value="http://testserver{link}"' in page
    assert client.get(link)["Location"] == "/accounts/signup/"


def test_the_join_link_is_replaced(client_of, administrator):
    community = Community.objects.get()
    response = client_of(administrator).post("/accounts/community/join-link/")
    assert response.status_code == 303
    assert Community.objects.get().join_token != community.join_token


def test_a_link_is_replaced_by_post_alone(client_of, administrator):
    assert client_of(administrator).get("/accounts/community/join-link/").status_code == 405


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "\u200d"])
def test_a_name_that_cannot_be_is_refused(client_of, administrator, name):
    response = client_of(administrator).post(ADDRESS, {"name": name})
    assert response.status_code == 422
    assert Community.objects.get().name == "Parley"


def test_nobody_else_sees_or_changes_it(client_of, administrator, bob):
    client = client_of(bob)
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, {"name": "Bobs"}).status_code == 403
    assert client.post("/accounts/community/join-link/").status_code == 403
    assert "That is not open to you" in client.get(ADDRESS).content.decode()
    assert ADDRESS not in client.get("/accounts/profile/").content.decode()


def test_a_stranger_signs_in_first(client, alice):
    assert client.get(ADDRESS)["Location"] == f"/accounts/login/?next={ADDRESS}"
    assert client.post(ADDRESS).status_code == 302
