"""OIDC_PROVIDERS and what belongs to it: what is broken is said by the setting's name."""

from typing import Any

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from site_config.providers import providers

RIGHT = {
    "OIDC_COMPANY_URL": "https://login.example.org/realms/company/",
    "OIDC_COMPANY_CLIENT_ID": "parley",
    "OIDC_COMPANY_SECRET": "a=b, c",
}


def made(names: str = "company", *, https: bool = True, **said: str) -> list[dict[str, Any]]:
    env = environ.Env()
    env.ENVIRON = RIGHT | said
    return providers(env, names.split(","), https=https)


def test_of_each_there_is_what_allauth_asks_for():
    assert made() == [
        {
            "provider_id": "company",
            "name": "Company",
            "client_id": "parley",
            "secret": "a=b, c",
            "settings": {
                "server_url": "https://login.example.org/realms/company/",
                "oauth_pkce_enabled": True,
                "sign_up": "community",
            },
        }
    ]
    named = made(OIDC_COMPANY_NAME="Company & Co", OIDC_COMPANY_SIGN_UP="All")[0]
    assert (named["name"], named["settings"]["sign_up"]) == ("Company & Co", "all")


def test_there_may_be_several_or_none():
    names = ("URL", "CLIENT_ID", "SECRET")
    more: dict[str, Any] = {f"OIDC_MY_2_{name}": "https://b.example" for name in names}
    assert [one["provider_id"] for one in made(" company ,my_2,", **more)] == ["company", "my_2"]
    assert made("") == []


def test_the_address_of_discovery_is_taken_for_that_of_the_issuer():
    url = "https://accounts.google.com/.well-known/openid-configuration"
    assert made(OIDC_COMPANY_URL=url)[0]["settings"]["server_url"] == "https://accounts.google.com"


def test_plain_http_is_for_plain_http():
    assert made(https=False, OIDC_COMPANY_URL="http://127.0.0.1:8080/realms/company")
    with pytest.raises(ImproperlyConfigured, match="OIDC_COMPANY_URL"):
        made(OIDC_COMPANY_URL="http://127.0.0.1:8080/realms/company")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("URL", ""),
        ("URL", "login.example.org"),
        ("URL", "https://"),
        ("URL", "https://[x/"),
        ("URL", "https://login.example.org/?realm=company"),
        ("URL", "https://me:secret@login.example.org"),
        ("CLIENT_ID", " "),
        ("SECRET", ""),
        ("SIGN_UP", "everybody"),
    ],
)
def test_what_is_missing_or_broken_is_said_by_its_name(name, value):
    with pytest.raises(ImproperlyConfigured, match=f"OIDC_COMPANY_{name}") as raised:
        made("company", https=True, **{f"OIDC_COMPANY_{name}": value})
    assert "a=b, c" not in str(raised.value)


@pytest.mark.parametrize("names", ["Company", "my-company", "2nd", "company,company", "a/b", "a" * 31])
def test_an_id_that_is_none_is_said(names):
    with pytest.raises(ImproperlyConfigured, match="OIDC_PROVIDERS"):
        made(names)
