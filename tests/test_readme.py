"""The README and the pages behind it say what is so: each setting, the policy, the program that is shown."""

import ast
import re

from django.conf import settings
from django.utils.csp import CSP

from tests.environment import ROOT

README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
PROGRAMS = (ROOT / "docs/programs.md").read_text()
# What bin/run reads by itself.
OF_BIN_RUN = {"HOST", "PORT"}


def test_every_setting_is_in_the_table_and_nothing_else():
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "site_config/settings.py").read_text()))
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))

    assert listed == read | OF_BIN_RUN


def test_the_policy_is_the_one_that_is_sent():
    said = re.search(r"^    (default-src .*?)\n\n", ARCHITECTURE, re.MULTILINE | re.DOTALL)
    assert said
    words = {str(CSP.NONCE): "'nonce-…'"}
    policy: dict[str, list[str]] = settings.SECURE_CSP
    sent = [
        " ".join([name, *(words.get(str(value), str(value)) for value in values)])
        for name, values in policy.items()
    ]

    assert [part.strip() for part in re.sub(r"\s+", " ", said[1]).split(";")] == sent


def test_the_program_is_one():
    (program,) = re.findall(r"```python\n(.*?)```", PROGRAMS, re.DOTALL)

    ast.parse(program)


def test_what_they_link_to_is_there():
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            assert link.startswith("https://") or (page.parent / link).exists(), f"{page}: {link}"


def test_what_the_pages_name_is_there():
    """A file that is named in code style, with a folder, is one."""
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        if page.name in ("adding-to-a-message.md", "CHANGELOG.md"):
            continue
        for name in re.findall(r"`((?:\w+/)+[\w.-]+\.(?:py|html|md))`", page.read_text()):
            places = (ROOT / name, ROOT / "templates" / name)
            assert any(place.exists() for place in places), f"{page}: {name}"
