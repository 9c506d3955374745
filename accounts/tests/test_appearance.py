"""/accounts/profile/appearance/: how pages look to somebody."""

import re

import pytest

from accounts.appearance import CHOICES, choices_in, classes
from accounts.models import Community

ADDRESS = "/accounts/profile/appearance/"
ALL = {"scheme": "scheme-dark", "density": "is-compact", "text_size": "text-large", "motion": "is-still",
       "links": "has-underlines", "banners": "banners-none"}  # fmt: skip


def look(client, address: str = "/rooms/general/") -> set[str]:
    """The classes of a page."""
    found = re.search(r'<html lang="en" class="([^"]*)">', client.get(address).content.decode())
    assert found
    return set(found[1].split()) - {"accent-"}


def test_every_page_of_theirs_has_it_and_nobody_elses(client_of, alice, bob):
    client = client_of(alice)
    # Kept and drawn once before.
    assert look(client) == look(client_of(bob)) == set()
    assert client.post(ADDRESS, ALL)["Location"] == "/accounts/profile/"
    for page in ("/rooms/general/", "/rooms/new/", "/people/", "/accounts/profile/"):
        assert look(client, page) == set(ALL.values()), page
    assert look(client_of(bob)) == set()
    profile = client.get("/accounts/profile/").content.decode()
    assert all(re.search(rf'value="{one}"[^>]* checked', profile) for one in ALL.values())


def around(client, address: str) -> list[str]:
    """What a page says of the colour around it."""
    return re.findall(r'<meta name="theme-color"\s+([^>]*)>', client.get(address).content.decode())


@pytest.mark.parametrize(("scheme", "colour"), [("scheme-light", "#fbf8f2"), ("scheme-dark", "#171f31")])
def test_what_is_around_a_page_is_as_light_as_it(client_of, alice, scheme, colour):
    client = client_of(alice)
    for address in ("/rooms/general/", "/accounts/profile/"):
        assert [one.split('"')[1] for one in around(client, address)] == ["#fbf8f2", "#171f31"]
        assert all("prefers-color-scheme" in one for one in around(client, address))
    client.post(ADDRESS, {"scheme": scheme})
    for address in ("/rooms/general/", "/accounts/profile/"):
        assert around(client, address) == [f'content="{colour}"']


def test_it_is_as_the_system_has_it_where_nobody_is_signed_in(client, alice):
    assert len(around(client, "/accounts/login/")) == 2


def test_it_is_taken_back(client_of, alice):
    client = client_of(alice)
    client.post(ADDRESS, ALL)
    client.post(ADDRESS, {})
    assert look(client) == set()


@pytest.mark.parametrize(
    "said", [{"scheme": "scheme-pink"}, {"density": "text-large"}, {"links": '"><script>'}]
)
def test_what_cannot_be_chosen_is_said(client_of, alice, said):
    client = client_of(alice)
    answer = client.post(ADDRESS, ALL | said)
    assert answer.status_code == 422
    assert "not one of the available choices" in answer.content.decode()
    assert look(client) == set()


def test_it_is_no_change_that_others_see(client_of, alice):
    before = Community.current()
    client_of(alice).post(ADDRESS, ALL)
    assert Community.current().seen_people == before.seen_people


def test_it_asks_to_sign_in_and_is_by_post_alone(client, client_of, alice):
    assert client.post(ADDRESS, ALL)["Location"].startswith("/accounts/login/")
    assert client_of(alice).get(ADDRESS).status_code == 405


def test_what_is_kept_fits_and_is_read_again():
    longest = {name: max((one for one, _ in choices), key=len) for name, choices in CHOICES.items()}
    assert choices_in(classes(longest)) == longest
    assert len(classes(longest)) <= 100
    assert choices_in("text-large nonsense")["text_size"] == "text-large"
    assert classes({"scheme": "scheme-pink", "other": "is-compact"}) == ""
