"""Every page about accounts: in our design, and none of allauth's scripts."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import get_resolver, reverse

OUTSIDE = [
    "account_login", "account_signup", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key_done", "account_inactive", "account_email_verification_sent",
]  # fmt: skip
INSIDE = [
    "profile", "account_email", "account_change_password", "mfa_index", "sessions",
    "account_logout",
]  # fmt: skip


def check(page: str, address: str) -> None:
    assert len(re.findall(r"<h1[ >]", page)) == 1, address
    [title] = re.findall(r"<title>(.+?)</title>", page)
    assert title.strip(" ·"), address
    assert not re.search(r" (style|on\w+)=", page), address
    for script in re.findall(r"<script[^>]*>", page):
        assert "/static/htmx/" in script, address
        assert "nonce=" in script, address
    for field in re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]* id="([\w-]+)"', page):
        assert f'for="{field}"' in page, (address, field)


@pytest.mark.parametrize("name", OUTSIDE)
def test_pages_for_strangers(client, alice, name):
    response = client.get(reverse(name))
    assert response.status_code == 200
    check(response.content.decode(), name)
    assert "<script" not in response.content.decode()


@pytest.mark.parametrize("name", INSIDE)
def test_pages_for_who_is_in(client_of, administrator, name):
    response = client_of(administrator).get(reverse(name))
    assert response.status_code == 200
    check(response.content.decode(), name)


@pytest.mark.parametrize("name", INSIDE[:-1])
def test_the_way_from_each_to_the_others_marks_where_one_is(client_of, administrator, name):
    page = client_of(administrator).get(reverse(name)).content.decode()
    [here] = re.findall(r'<a href="([^"]+)" aria-current="page">', page[page.index("settings-nav") :])
    assert here == reverse(name)


def test_no_address_of_accounts_is_broken(client, client_of, alice):
    """What is in allauth's list of addresses answers, whoever asks."""
    arguments = {
        "key": "nothing",
        "uidb36": "1",
        "pk": 1,
        "place": 1,
        "token_pk": 1,
        "token": "nothing",
        "kind": "nothing",
        "provider_id": "nothing",
    }
    addresses = [
        reverse(name, kwargs={parameter: arguments[parameter] for parameter in parameters})
        for name, entries in get_resolver().reverse_dict.lists()
        for template, parameters in entries[0][0]
        if isinstance(name, str) and template.startswith("accounts/")
    ]
    assert len(addresses) > 20
    for address in addresses:
        for who in (client, client_of(alice)):
            assert who.get(address).status_code < 500, address


def test_accounts_leads_to_the_profile(client_of, alice):
    assert client_of(alice).get("/accounts/")["Location"] == "/accounts/profile/"


@pytest.mark.parametrize("status", ["400", "403", "403_csrf", "404", "429", "500"])
def test_pages_of_errors_need_nothing(status):
    """Neither a request nor the database, which may be what is broken."""
    check(render_to_string(f"{status}.html"), status)


def test_what_is_not_there_says_so(client, alice):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "That page is not here, or not yours" in response.content.decode()
