"""Everything essential, with scripts off. WebKit's driver cannot switch them off."""

import pytest

from tests.browser.server import Server
from tests.engines import firefox
from tests.engines.firefox import Firefox

pytestmark = pytest.mark.xdist_group("firefox")


def test_sign_in_read_post_sign_out(server: Server, tmp_path) -> None:
    path = firefox.on_machine()
    if not path:
        pytest.skip("There is no Firefox here; bin/test installs one.")
    browser = Firefox(path, tmp_path / "profile", **{"javascript.enabled": False})
    try:
        alice = browser.person()
        alice.resize(390, 740)
        alice.add_cookie("sessionid", server.session("alice") or "", server.url)
        alice.go(f"{server.url}/rooms/general/")
        alice.fill("#body", "No script here")
        alice.click("button", "Send")
        alice.shows("No script here", "#messages")
        alice.click(".opens-side")
        alice.sees("#side:popover-open")
        alice.click(".me-link", "")
        alice.click("#side button", "Sign out")
        alice.sees("button", "Sign in")
    finally:
        browser.end()
