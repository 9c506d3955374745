"""/admin/: Django's admin."""

import pytest

from accounts.models import Community, Person

NEW = {"usable_password": "true", "password1": "a new horse 10", "password2": "a new horse 10"}


def test_an_administrator_sees_people(client_of, administrator, bob):
    client = client_of(administrator)
    assert client.get("/admin/").status_code == 200
    page = client.get("/admin/accounts/person/?q=bob").content.decode()
    assert ">bob</a>" in page


@pytest.mark.parametrize("address", ["add/", "{}/change/", "{}/password/", "{}/delete/", "{}/history/"])
def test_its_pages_of_people(client_of, administrator, address):
    address = "/admin/accounts/person/" + address.format(administrator.pk)
    assert client_of(administrator).get(address).status_code == 200


def test_an_administrator_adds_somebody(client_of, administrator):
    form = NEW | {"username": "bob"}
    assert client_of(administrator).post("/admin/accounts/person/add/", form).status_code == 302
    assert Person.objects.get(username="bob").check_password("a new horse 10")


def test_a_username_that_differs_by_case_alone_is_refused(client_of, administrator):
    form = NEW | {"username": "ALICE"}
    response = client_of(administrator).post("/admin/accounts/person/add/", form)
    assert "is here already" in response.content.decode()


def test_nothing_in_a_name_deceives(client_of, administrator, bob):
    client = client_of(administrator)
    form = {
        "username": "bob",
        "email": "",
        "display_name": "\u202eboB\u200b",
        "time_zone": "",
        "hue": "",
        "role": "member",
    }
    client.post(f"/admin/accounts/person/{bob.pk}/change/", form)
    Community(name="Crew").save()
    client.post("/admin/accounts/community/1/change/", {"name": "\u2066Crew\u00a0two"})
    bob.refresh_from_db()
    assert bob.name == "boB"
    assert Community.current().name == "Crew two"


def test_a_name_of_nothing_that_is_seen_is_refused(client_of, administrator):
    Community(name="Crew").save()
    client_of(administrator).post("/admin/accounts/community/1/change/", {"name": "\u200b\u3164"})
    assert Community.current().name == "Crew"


def test_an_administrator_closes_an_account(client_of, browser_of, administrator, bob):
    his = browser_of(bob)
    form = {"username": "bob", "email": "", "display_name": "", "time_zone": "", "hue": "", "role": "member"}
    client_of(administrator).post(f"/admin/accounts/person/{bob.pk}/change/", form)
    bob.refresh_from_db()
    assert not bob.is_active
    assert his.get("/rooms/").status_code == 302


def test_an_administrator_signs_somebody_out_everywhere(client_of, browser_of, administrator, bob):
    his = browser_of(bob)
    form = {"action": "sign_out", "_selected_action": [bob.pk]}
    client_of(administrator).post("/admin/accounts/person/", form)
    assert his.get("/rooms/").status_code == 302


def test_the_community_is_neither_added_nor_deleted(client_of, administrator):
    Community(name="Crew").save()
    client = client_of(administrator)
    assert client.get("/admin/accounts/community/").status_code == 200
    assert client.get("/admin/accounts/community/1/change/").status_code == 200
    assert client.get("/admin/accounts/community/add/").status_code == 403
    assert client.post("/admin/accounts/community/1/delete/", {"post": "yes"}).status_code == 403


def test_its_policy_lets_its_scripts_work_and_no_others(client_of, administrator):
    client = client_of(administrator)
    policy = client.get("/admin/")["Content-Security-Policy"]
    assert "trusted-types" not in policy
    assert "script-src 'self' 'nonce-" in policy
    assert "require-trusted-types-for 'script'" in client.get("/rooms/")["Content-Security-Policy"]


def test_the_way_in_is_the_one_of_everybody(client, alice):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    response = client.post("/admin/login/", {"username": "alice", "password": "parley-demo"})
    assert response["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_somebody_else_is_refused(client_of, alice, bob):
    client = client_of(bob)
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/accounts/person/", follow=True).status_code == 403


def test_the_way_out_and_the_password_are_the_ones_of_everybody(client_of, administrator):
    client = client_of(administrator)
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert client.get("/admin/logout/").status_code == 200
    assert client.get("/admin/").status_code == 200
    assert client.post("/admin/logout/")["Location"] == "/accounts/login/"
    assert client.get("/admin/").status_code == 302
