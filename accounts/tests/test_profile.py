"""/accounts/profile/: how one appears to others."""

import pytest
from django.test import Client

ADDRESS = "/accounts/profile/"
FORM = {"display_name": "Alice A.", "time_zone": "Europe/Vienna", "hue": "3"}


def test_it_is_saved_and_said(client_of, alice):
    client = client_of(alice)
    response = client.post(ADDRESS, FORM)
    assert response.status_code == 303
    assert response["Location"] == ADDRESS
    alice.refresh_from_db()
    assert (alice.name, alice.time_zone, alice.hue) == ("Alice A.", "Europe/Vienna", 3)
    assert "Your profile is saved." in client.get(ADDRESS).content.decode()


def test_everybody_who_is_looking_sees_it(client_of, alice, monkeypatch, django_capture_on_commit_callbacks):
    seen: list[int] = []
    monkeypatch.setattr("accounts.broadcasts.people_changed", seen.append)
    with django_capture_on_commit_callbacks(execute=True):
        client_of(alice).post(ADDRESS, FORM)
    alice.refresh_from_db()
    assert seen == [alice.profile_revision]


def test_empty_means_the_username_and_an_automatic_colour(client_of, person):
    alice = person("alice", display_name="Alice", hue=3, time_zone="UTC")
    client_of(alice).post(ADDRESS, {"display_name": "", "time_zone": "", "hue": ""})
    alice.refresh_from_db()
    assert (alice.name, alice.time_zone, alice.hue) == ("alice", "", None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Alice \t\n B.  ", "Alice B."),
        ("Alice\x00\x07", "Alice"),
        ("\u202eecilA\u2066", "ecilA"),
        ("Alice\u200b", "Alice"),
        ("👩\u200d🚀 Alice", "👩\u200d🚀 Alice"),
        ("Zoë 李", "Zoë 李"),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        ("\U0001fae9", "\U0001fae9"),
        ("Alice\u200d\u3164", "Alice"),
        ("\u202e", ""),
    ],
)
def test_nothing_in_a_name_hides_or_turns_the_text_around_it(client_of, alice, typed, kept):
    assert client_of(alice).post(ADDRESS, FORM | {"display_name": typed}).status_code == 303
    alice.refresh_from_db()
    assert alice.display_name == kept


def test_html_in_a_name_is_text(client_of, alice):
    client = client_of(alice)
    client.post(ADDRESS, FORM | {"display_name": "<hx-partial hx-get=/x>"})
    page = client.get(ADDRESS).content.decode()
    assert "&lt;hx-partial hx-get=/x&gt;" in page
    assert "<hx-partial" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"display_name": "x" * 61},
        {"display_name": "\u200d\u0301"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "\x00"},
        {"hue": "16"},
        {"hue": "-1"},
        {"hue": "red"},
    ],
)
def test_what_cannot_be_comes_back_with_what_is_wrong(client_of, alice, wrong):
    response = client_of(alice).post(ADDRESS, FORM | wrong)
    assert response.status_code == 422
    assert 'class="errorlist' in response.content.decode()
    alice.refresh_from_db()
    assert alice.display_name == ""


def test_what_is_not_saved_is_not_shown_as_ones_name(client_of, alice):
    page = client_of(alice).post(ADDRESS, FORM | {"hue": "99"}).content.decode()
    assert '<span class="me-name" data-name="' in page
    assert ">alice</span>" in page


def test_only_what_is_in_the_form_is_changed(client_of, alice):
    client_of(alice).post(ADDRESS, FORM | {"username": "root", "is_superuser": "on"})
    alice.refresh_from_db()
    assert alice.username == "alice"
    assert not alice.is_superuser


def test_times_are_in_ones_own_zone(browser_of, person):
    alice = person("alice", time_zone="Pacific/Kiritimati")
    assert "+14:00" in browser_of(alice).get("/accounts/sessions/").content.decode()


def test_a_zone_that_this_machine_does_not_know_does_no_harm(client_of, person):
    alice = person("alice", time_zone="Mars/Olympus")
    assert client_of(alice).get(ADDRESS).status_code == 200


def test_a_stranger_signs_in_first(client, alice):
    assert client.get(ADDRESS)["Location"] == f"/accounts/login/?next={ADDRESS}"


def test_without_a_token_nothing_is_saved(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(ADDRESS, FORM).status_code == 403
