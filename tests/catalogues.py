"""Whether the catalogues have all words of templates and programs, and no others; `--write` brings them in.

Django's makemessages finds the words, with xgettext, which is Debian's package gettext.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from site_config import catalogues
from tests import debian
from tests.environment import ROOT

# What is searched; not the demo, whose people write English.
SOURCES = (
    "accounts",
    "administration",
    "hypermedia",
    "integrations",
    "live",
    "notifications",
    "rooms",
    "site_config",
    "templates",
)
# Who writes in the catalogues knows a message by its words: a line of it would change with each line above.
OPTIONS = (
    "--no-location",
    "--no-wrap",
    "--no-obsolete",
    "--verbosity=0",
    "--ignore=tests",
    "--ignore=migrations",
)


def main(words: list[str]) -> int:
    """Compare, or write."""
    if not shutil.which("xgettext") and not debian.install("gettext"):
        print("Without xgettext (Debian's package gettext) nothing can be compared.")
        return 1 if os.environ.get("CI") else 0
    with tempfile.TemporaryDirectory() as folder:
        found = collect(Path(folder))
        wrong = 0
        for source in catalogues.sources():
            fresh = found / source.relative_to(ROOT)
            if "--write" in words:
                shutil.copy(fresh, source)
            else:
                wrong += compare(source, fresh)
    if "--write" in words:
        catalogues.compile_all()
    return 1 if wrong else 0


def collect(folder: Path) -> Path:
    """The catalogues as makemessages would leave them, in a copy of what it reads."""
    for name in (*SOURCES, "locale"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    spell_out(folder)
    command = [sys.executable, "-m", "django", "makemessages", "--all", *OPTIONS]
    place = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.catalogue_settings", "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=folder, env=place, check=True)
    for path in folder.glob("locale/*/LC_MESSAGES/django.po"):
        undated(path)
    return folder


def spell_out(folder: Path) -> None:
    """Write what templates in Jinja say as a program would: makemessages finds no `ngettext` in them."""
    for path in folder.glob("templates/jinja2/**/*.html"):
        found = extract_from_ast(Environment(autoescape=True).parse(path.read_text()))
        calls = [
            f"{function}({words!r})" if isinstance(words, str) else f"{function}{(*(words or ())[:2], 1)!r}"
            for _line, function, words in found
        ]
        path.with_suffix(".py").write_text("\n".join(calls))


def undated(path: Path) -> None:
    """Take out when it was made, and what gettext guessed: words that are nearly the same mean others."""
    catalogue = polib.pofile(str(path), wrapwidth=0)
    catalogue.metadata.pop("POT-Creation-Date", None)
    for entry in catalogue:
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.msgstr = ""
            entry.previous_msgctxt = entry.previous_msgid = entry.previous_msgid_plural = None
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
    catalogue.save()


def compare(source: Path, fresh: Path) -> int:
    """Say which words a catalogue has not, or not translated, and which it has for nothing; how many."""
    language = source.parent.parent.name
    now, then = polib.pofile(str(source)), polib.pofile(str(fresh))
    missing = {key(one) for one in then} - {key(one) for one in now if one.translated()}
    needless = {key(one) for one in now} - {key(one) for one in then}
    for kind, those in (("not translated", missing), ("not used", needless)):
        for words in sorted(those):
            print(f"{language}: {kind}: {words!r}")
    return len(missing) + len(needless)


def key(entry: polib.POEntry) -> tuple[str, str]:
    """What an entry is found by: its context, and its words."""
    return entry.msgctxt or "", entry.msgid


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
