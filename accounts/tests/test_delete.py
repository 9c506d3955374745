"""/accounts/delete/: the end of an account."""

import threading
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection

from accounts import departures
from accounts.models import Community, Departure, Download, Person

ADDRESS = "/accounts/delete/"
PASSWORD = "parley-demo"
FORM = {"password": PASSWORD, "what_i_wrote": "keep"}


@pytest.fixture
def leave(django_capture_on_commit_callbacks):
    """Fill in the form."""

    def send(client, **fields) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(ADDRESS, FORM | fields)

    return send


def test_an_account_ends(browser_of, administrator, bob, leave):
    his, elsewhere = browser_of(bob), browser_of(bob)
    key = elsewhere.session.session_key
    page = his.get(ADDRESS).content.decode()
    assert "Delete my account" in page

    response = leave(his)

    assert (response.status_code, response["Location"]) == (303, "/accounts/login/")
    assert "Your account is deleted." in his.get("/accounts/login/").content.decode()
    assert [client.get("/rooms/").status_code for client in (his, elsewhere)] == [302, 302]
    assert not Session.objects.filter(pk=key).exists()
    bob.refresh_from_db()
    assert (bob.username, bob.name, bob.email) == (f"former-{bob.pk}", "Former member", "")
    assert not bob.is_active
    assert not bob.has_usable_password()


def test_all_that_was_theirs_is_gone(browser_of, administrator, bob, leave):
    bob.email, bob.time_zone, bob.hue, bob.display_name = "bob@example.org", "Asia/Tokyo", 3, "Bob B"
    bob.save()
    EmailAddress.objects.create(user=bob, email=bob.email, primary=True, verified=True)
    Authenticator.objects.create(user=bob, type="recovery_codes", data={})
    his = browser_of(administrator)
    his.force_login(bob)
    Download.objects.create(person=bob, state="done")

    leave(his)

    bob.refresh_from_db()
    assert (bob.email, bob.time_zone, bob.hue, bob.last_login) == ("", "", None, None)
    for kind in (EmailAddress, Authenticator):
        assert not kind.objects.filter(user=bob).exists()
    assert not bob.usersession_set.exists()
    assert not Download.objects.exists()


def test_they_come_back_by_no_door(browser_of, client, administrator, bob, leave):
    EmailAddress.objects.create(user=bob, email="bob@example.org", primary=True, verified=True)
    leave(browser_of(bob))
    for login in ("bob", f"former-{bob.pk}", "bob@example.org"):
        response = client.post("/accounts/login/", {"login": login, "password": PASSWORD})
        assert response.status_code == 422
    mail.outbox.clear()
    client.post("/accounts/password/reset/", {"email": "bob@example.org"})
    assert not mail.outbox


@pytest.mark.parametrize("name", ["former-1", "FORMER-99", "former1", "former_12", "f0rmer-1", "Former-1-0"])
def test_nobody_takes_the_name_of_who_has_left(client, alice, name):
    form = {"username": name, "password1": "a new horse 10"}
    response = client.post("/accounts/signup/", form)
    assert response.status_code == 422, name
    assert "kept free" in response.content.decode()


def test_nobody_is_called_a_former_member(client_of, alice):
    form = {"display_name": "Former\u200b Mеmber", "time_zone": "", "hue": ""}
    assert client_of(alice).post("/accounts/profile/", form).status_code == 422


def test_a_name_that_somebody_has_already_stays_theirs(browser_of, administrator, bob, person, leave):
    other = person(f"former-{bob.pk}")
    leave(browser_of(bob))
    bob.refresh_from_db()
    other.refresh_from_db()
    assert other.username == f"former-{bob.pk}"
    assert bob.username == f"former-{bob.pk}-0"


def test_the_old_name_is_free(browser_of, client, administrator, bob, leave):
    leave(browser_of(bob))
    form = {"username": "bob", "password1": "a new horse 10"}
    assert client.post("/accounts/signup/", form).status_code == 302
    assert Person.objects.get(username="bob").pk != bob.pk


def test_others_see_it_at_once(browser_of, administrator, bob, leave):
    before = Community.current().people_revision
    leave(browser_of(bob))
    assert Community.current().people_revision > before
    assert Person.objects.changed_since(before).get().name == "Former member"


def test_its_owner_gets_a_mail(browser_of, administrator, bob, leave):
    EmailAddress.objects.create(user=bob, email="bob@example.org", primary=True, verified=True)
    leave(browser_of(bob), what_i_wrote="remove")
    (sent,) = mail.outbox
    assert sent.to == ["bob@example.org"]
    assert "Your account bob " in sent.body
    assert "are being deleted" in sent.body


# -- Refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"password": "wrong"}, "That is not your password."),
        ({"password": ""}, "This field is required."),
        ({"what_i_wrote": ""}, "This field is required."),
        ({"what_i_wrote": "sell"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_ends(browser_of, administrator, bob, leave, fields, said):
    his = browser_of(bob)
    response = leave(his, **{"what_i_wrote": "remove"} | fields)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert his.get("/rooms/").status_code == 200
    assert not Departure.objects.exists()


def test_what_was_chosen_is_kept(browser_of, administrator, bob, leave):
    page = leave(browser_of(bob), password="wrong", what_i_wrote="remove").content.decode()
    (chosen,) = BeautifulSoup(page, "html.parser").find_all("input", checked=True)
    assert chosen["value"] == "remove"


def test_the_password_is_not_guessed_at_here(browser_of, administrator, bob, leave):
    his = browser_of(bob)
    statuses = [leave(his, password="wrong").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert leave(his).status_code == 429
    assert not Departure.objects.exists()


def test_a_stranger_signs_in_first(client, alice):
    assert client.get(ADDRESS).status_code == 302
    assert client.post(ADDRESS, FORM).status_code == 302


def test_who_has_no_password_sets_one_first(client_of, administrator, bob, leave):
    bob.set_unusable_password()
    bob.save()
    his = client_of(bob)
    assert "Set a password" in his.get(ADDRESS).content.decode()
    assert leave(his).status_code == 422


def test_the_last_who_runs_the_community_stays(client_of, owner, bob, leave):
    hers = client_of(owner)
    page = hers.get(ADDRESS).content.decode()
    assert "A community needs an owner" in page
    assert "Delete my account" not in page
    response = leave(hers)
    assert response.status_code == 422
    assert not Departure.objects.exists()


def test_one_of_two_who_run_it_may_leave_and_the_other_then_not(client_of, owner, bob, person, leave):
    second = person("dora", role="owner")
    assert leave(client_of(second)).status_code == 303
    assert leave(client_of(owner)).status_code == 422


def test_to_leave_twice_changes_nothing(administrator, bob):
    departures.leave(bob, removes_messages=False)
    departures.leave(bob, removes_messages=True)
    assert not Departure.objects.get().removes_messages


@pytest.mark.django_db(transaction=True)
def test_of_two_who_run_it_and_leave_at_once_one_stays(client_of, owner, bob, person):
    """Two requests, and each finds the other there before it asks again behind the lock."""
    second = person("dora", role="owner")
    clients = [client_of(one) for one in (owner, second)]
    together = threading.Barrier(2)
    statuses: list[int] = []

    def send(client) -> None:
        together.wait()
        statuses.append(client.post(ADDRESS, FORM).status_code)
        connection.close()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 422]
    assert Person.objects.filter(role="owner", is_active=True).count() == 1


# -- The administration ------------------------------------------------------------------------


def test_the_administration_asks_and_says_what_goes(client_of, administrator, bob):
    page = client_of(administrator).get(f"/admin/accounts/person/{bob.pk}/delete/").content.decode()
    assert "Delete the account of bob?" in page
    assert "stay, without their name" in page


def test_the_administration_ends_an_account_in_the_same_way(
    browser_of, client_of, administrator, bob, django_capture_on_commit_callbacks
):
    his = browser_of(bob)
    EmailAddress.objects.create(user=bob, email="bob@example.org", primary=True, verified=True)
    with django_capture_on_commit_callbacks(execute=True):
        response = client_of(administrator).post(f"/admin/accounts/person/{bob.pk}/delete/", {"post": "yes"})
    assert response.status_code == 302
    bob.refresh_from_db()
    assert bob.name == "Former member"
    assert not Departure.objects.get().removes_messages
    assert his.get("/rooms/").status_code == 302
    assert not LogEntry.objects.filter(object_repr="bob").exists()
    (sent,) = mail.outbox
    assert "by an administrator" in sent.body


def test_several_at_once(client_of, administrator, bob, charlie):
    form = {"action": "delete_selected", "_selected_action": [bob.pk, charlie.pk]}
    hers = client_of(administrator)
    assert "bob (bob)" in hers.post("/admin/accounts/person/", form).content.decode()
    assert hers.post("/admin/accounts/person/", form | {"post": "yes"}).status_code == 302
    assert Person.objects.filter(display_name="Former member").count() == 2


def test_the_administration_does_not_end_the_last_who_runs_it(client_of, owner, bob):
    hers = client_of(owner)
    address = f"/admin/accounts/person/{owner.pk}/delete/"
    assert "A community needs an owner" in hers.get(address).content.decode()
    hers.post(address, {"post": "yes"})
    everybody = {
        "action": "delete_selected", "_selected_action": [owner.pk, bob.pk], "post": "yes"
    }  # fmt: skip
    hers.post("/admin/accounts/person/", everybody)
    owner.refresh_from_db()
    assert owner.is_active


def test_who_has_left_is_not_deleted_again(client_of, administrator, bob):
    departures.leave(bob, removes_messages=False)
    response = client_of(administrator).post(f"/admin/accounts/person/{bob.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403
    assert Person.objects.filter(pk=bob.pk).exists()
