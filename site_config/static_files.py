"""The static files as they are served: compressed, their hashes in their names, all styles in one."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rcssmin
from django.conf import settings
from django.core.files.base import ContentFile
from servestatic.compress import Compressor
from servestatic.storage import CompressedManifestStaticFilesStorage

# Those that are linked: the pages', and that of Django's admin.
SHEETS = ("css/parley.css", "css/model_admin.css")
IMPORT = re.compile(r'^@import "([\w-]+\.css)";$', re.MULTILINE)


# Where the files are that pages ask for.
OF_PAGES = ("css", "htmx")


class PagesCompressor(Compressor):
    """Packs what pages ask for as small as can be, and the rest, which is Django's admin's, quickly."""

    def __init__(self, **how: Any) -> None:
        """As servestatic says how."""
        super().__init__(**how)
        self._quick = Compressor(**how | {"use_brotli": False})

    def compress(self, path: str | os.PathLike[str]) -> list[str]:
        """Write the packed files beside `path`; their names."""
        is_of_pages = Path(path).relative_to(settings.STATIC_ROOT).parts[0] in OF_PAGES
        return super().compress(path) if is_of_pages else self._quick.compress(path)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """What `collectstatic` collects into, where a style sheet holds all that it imports.

    A request for each would cost a visitor more than all of their bytes do.
    """

    def create_compressor(self, **how: Any) -> Compressor:
        """Brotli takes ten seconds for all that there is."""
        return PagesCompressor(**how)

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        """Join the sheets, and do with the rest what is done with static files."""
        sheets = [sheet for sheet in SHEETS if sheet in paths and not dry_run]
        for sheet, css in [(sheet, joined(paths, sheet)) for sheet in sheets]:
            self.delete(sheet)
            self._save(sheet, ContentFile(css.encode()))
            paths = paths | {sheet: (self, sheet)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def joined(paths: dict[str, Any], sheet: str) -> str:
    """A sheet with the content of each that it imports in the place of that line."""
    css = IMPORT.sub(lambda found: content(paths, f"css/{found[1]}"), content(paths, sheet))
    # To a browser it is the same: comments and white space go, every rule and their order stay.
    return rcssmin.cssmin(css)


def content(paths: dict[str, Any], name: str) -> str:
    """The text of one file, where it was found."""
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()
