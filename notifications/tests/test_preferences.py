"""/accounts/notifications/: of what somebody gets mail, and when; and the address that ends it."""

import datetime
import re

import pytest
from django.test import Client

from notifications import stopping
from notifications.models import MailPreferences
from notifications.preferences import preferences_of

ADDRESS = "/accounts/notifications/"
QUIET = {"quiet_from": "22:00", "quiet_until": "07:00"}


def test_it_is_kept(client_of, bob):
    client = client_of(bob)
    page = client.get(ADDRESS).content.decode()
    assert "bob@example.org" in page
    assert 'value="10"' in page
    answer = client.post(ADDRESS, {"after_minutes": "60", "direct": "on", **QUIET})
    assert (answer.status_code, answer["Location"]) == (303, ADDRESS)
    there = MailPreferences.objects.get(person=bob)
    assert (there.after_minutes, there.direct, there.mentions) == (60, True, False)
    assert (there.quiet_from, there.quiet_until) == (datetime.time(22), datetime.time(7))
    page = client.get(ADDRESS).content.decode()
    assert 'value="22:00"' in page


def test_quiet_days_are_kept_and_one_is_left(client_of, bob):
    client = client_of(bob)
    client.post(ADDRESS, {"after_minutes": "10", "quiet_days": ["7", "6"]})
    assert preferences_of(bob).quiet_days == "67"
    page = client.get(ADDRESS).content.decode()
    assert page.count('name="quiet_days"') == 7
    assert len(re.findall(r'name="quiet_days" value="[67]"[^>]* checked', page)) == 2
    answer = client.post(ADDRESS, {"after_minutes": "10", "quiet_days": [*"1234567"]})
    assert answer.status_code == 422
    assert "Leave one day." in answer.content.decode()
    assert preferences_of(bob).quiet_days == "67"


def test_never_is_a_choice(client_of, bob):
    client_of(bob).post(ADDRESS, {"after_minutes": "", "direct": "on"})
    assert preferences_of(bob).after_minutes is None


@pytest.mark.parametrize(
    "said",
    [
        {"after_minutes": "3"}, {"after_minutes": "-1"}, {"after_minutes": "x"},
        {"quiet_days": ["8"]},
        {"quiet_from": "22:00"}, {"quiet_until": "07:00"}, QUIET | {"quiet_from": "25:00"},
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_changes_nothing(client_of, bob, said):
    answer = client_of(bob).post(ADDRESS, {"after_minutes": "10"} | said)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not MailPreferences.objects.exists()


def test_without_an_address_it_says_so(client_of, alice):
    page = client_of(alice).get(ADDRESS).content.decode()
    assert "no address of yours that is confirmed" in page
    assert "Send me a test" not in page
    client_of(alice).post(f"{ADDRESS}test/")


def test_a_test_is_on_its_way(client_of, bob, mailoutbox):
    client = client_of(bob)
    assert client.post(f"{ADDRESS}test/").status_code == 303
    (mail,) = mailoutbox
    assert mail.to == ["bob@example.org"]
    for _ in range(10):
        client.post(f"{ADDRESS}test/")
    assert len(mailoutbox) == 5


def test_it_asks_to_sign_in(client, bob):
    for path in (ADDRESS, f"{ADDRESS}test/"):
        assert client.post(path)["Location"].startswith("/accounts/login/")


# -- The address in each mail ------------------------------------------------------------


def test_a_program_ends_it_by_one_click(bob):
    answer = Client(enforce_csrf_checks=True).post(stopping.address(bob), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert preferences_of(bob).after_minutes is None


def test_a_look_ends_nothing(client, bob):
    page = client.get(stopping.address(bob)).content.decode()
    assert "<button" in page
    assert preferences_of(bob).after_minutes == 10


def test_a_secret_that_is_none(client, bob):
    for path in (f"{ADDRESS}stop/x/", stopping.address(bob)[:-2] + "/", f"{ADDRESS}stop/{bob.pk}/"):
        assert client.post(path).status_code == 404, path
    assert preferences_of(bob).after_minutes == 10
