"""Scripts say what they have to be, and are."""

import hashlib
from base64 import b64decode
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders

from hypermedia.templatetags.integrity import integrity


def test_every_script_of_a_page_is_what_its_digest_says(client_of, alice) -> None:
    scripts = BeautifulSoup(client_of(alice).get("/rooms/").content, "html.parser").find_all("script")

    assert len(scripts) == 4
    for script in scripts:
        kind, _, digest = str(script["integrity"]).partition("-")
        file = finders.find(str(script["src"]).removeprefix("/static/"))
        assert kind == "sha256"
        assert b64decode(digest) == hashlib.sha256(Path(str(file)).read_bytes()).digest()


def test_a_file_that_was_never_brought_is_said() -> None:
    with pytest.raises(FileNotFoundError, match=r"/static/htmx/nothing\.js is nowhere"):
        integrity("htmx/nothing.js")
