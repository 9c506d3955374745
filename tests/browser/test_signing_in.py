"""Signing in by a provider, under the policy that is sent: over real HTTP, and back into a room."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.room import connected
from tests.browser.server import Server
from tests.oidc_provider import Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    there = Provider()
    there.claims |= {"email": "dora@example.org", "preferred_username": "dora", "name": "Dora"}
    there.start()
    yield there
    there.stop()


@pytest.fixture
def server(start_server: Callable[..., Server], provider: Provider) -> Server:
    """A house whose people can come by the provider."""
    return start_server(
        OIDC_PROVIDERS="company",
        OIDC_COMPANY_NAME="Company & Co",
        OIDC_COMPANY_URL=provider.url,
        OIDC_COMPANY_CLIENT_ID=provider.client_id,
        OIDC_COMPANY_SECRET=provider.secret,
    )


@pytest.mark.parametrize("has_script", [True, False])
def test_from_the_page_of_sign_in_to_the_room(
    visitor: Callable[..., Page], provider: Provider, has_script: bool
) -> None:
    page = visitor(java_script_enabled=has_script)
    page.goto("/rooms/general/")
    page.get_by_role("button", name="Sign in with Company & Co").click()
    page.wait_for_url("**/rooms/general/")
    expect(page.get_by_role("heading", name="general")).to_be_visible()
    assert provider.asked.count("authorize") == 1
    if has_script:
        connected(page)
