"""One style sheet with the rules of all the files in their order."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from site_config.static_files import IMPORT
from tests.environment import ROOT

FOLDER = ROOT / "static" / "css"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "site_config.static_files.StaticFiles"},
}
# Sheets of pages that are not Parley's own, or not on a server.
APART = {"archive.css", "model_admin.css", "parley.css"}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the styles, after `collectstatic`."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder, STORAGES=STORAGES):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder / "css"


def rules(css: str) -> str:
    """Some CSS without comments, and without white space where that means nothing."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{}:;,()<>=~+/]) ?", r"\1", css).replace(";}", "}").strip()


def test_the_sheet_names_every_file_once():
    named = IMPORT.findall((FOLDER / "parley.css").read_text())

    assert sorted(named) == sorted({file.name for file in FOLDER.glob("*.css")} - APART)
    # It says the order of the layers.
    assert named[0] == "tokens.css"


def test_one_sheet_has_the_rules_of_all_in_their_order(collected):
    (sheet,) = collected.glob("parley.*[0-9a-f].css")
    names = IMPORT.findall((FOLDER / "parley.css").read_text())
    said = rules("\n".join((FOLDER / name).read_text() for name in names))
    served = rules(re.sub(r"\.[0-9a-f]{12}\.(svg|woff2)\b", r".\1", sheet.read_text()))

    assert len(served) > 50_000
    assert served == said
    assert "@import" not in served


def test_it_is_compressed_and_small(collected):
    (sheet,) = collected.glob("parley.*[0-9a-f].css.gz")

    assert len(sheet.read_bytes()) < 20 * 1024


def test_a_sheet_that_has_changed_has_another_name(collected, tmp_path, monkeypatch):
    changed = tmp_path / "changed"
    (changed / "css").mkdir(parents=True)
    for file in FOLDER.glob("*.css"):
        (changed / "css" / file.name).write_text(file.read_text())
    with (changed / "css" / "search.css").open("a") as file:
        file.write("@layer components { .another { color: red; } }")
    (changed / "icons").symlink_to(ROOT / "static" / "icons")
    with override_settings(
        STATIC_ROOT=tmp_path / "out",
        STORAGES=STORAGES,
        STATICFILES_DIRS=[changed, *settings.STATICFILES_DIRS[1:]],
    ):
        call_command("collectstatic", interactive=False, verbosity=0)

    before, after = (folder.glob("parley.*[0-9a-f].css") for folder in (collected, tmp_path / "out" / "css"))
    assert next(before).name != next(after).name


def test_a_page_links_one_sheet(db):
    page = Client().get("/accounts/login/", follow=True).content.decode()

    assert page.count('rel="stylesheet"') == 1


@pytest.mark.django_db
def test_what_an_installed_app_offers_is_there(client_of, alice):
    manifest = json.loads((ROOT / "static" / "icons" / "parley.json").read_text())
    client = client_of(alice)
    for place in (manifest["start_url"], *(shortcut["url"] for shortcut in manifest["shortcuts"])):
        assert client.get(place, follow=True).status_code == 200
    for icon in manifest["icons"]:
        assert (ROOT / "static" / "icons" / icon["src"]).is_file()
