"""The catalogues of words in other languages, from what translators write to what Python's gettext reads.

bin/setup calls it: the results are not in the repository. polib does it without a program of the system's.
"""

from pathlib import Path

import polib

LOCALE = Path(__file__).parent.parent / "locale"


def sources() -> list[Path]:
    """What translators write: a file a language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def compile_all() -> None:
    """Write what Python's gettext reads, beside each."""
    for source in sources():
        polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))


if __name__ == "__main__":
    compile_all()
