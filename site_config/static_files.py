"""The static files as they are served: compressed, their hashes in their names, all styles in one."""

import re
from collections.abc import Iterator
from typing import Any

import rcssmin
from django.core.files.base import ContentFile
from servestatic.storage import CompressedManifestStaticFilesStorage

SHEET = "css/parley.css"
IMPORT = re.compile(r'^@import "([\w-]+\.css)";$', re.MULTILINE)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """What `collectstatic` collects into, with one style sheet for all that it imports.

    A request for each would cost a visitor more than all of their bytes do.
    """

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        """Join the sheets, and do with the rest what is done with static files."""
        # Where only a few files are collected, the sheet may not be among them.
        if SHEET in paths and not dry_run:
            sheet, parts = joined(paths)
            self.delete(SHEET)
            self._save(SHEET, ContentFile(sheet.encode()))
            paths = {name: place for name, place in paths.items() if name not in parts}
            paths[SHEET] = (self, SHEET)
        yield from super().post_process(paths, dry_run=dry_run, **options)


def joined(paths: dict[str, Any]) -> tuple[str, list[str]]:
    """The sheet with the content of what it imports in the place of that, and the names of these files."""
    parts = [f"css/{name}" for name in IMPORT.findall(content(paths, SHEET))]
    # What is minified is alike to a browser: comments and white space go, the order and every rule stay.
    return rcssmin.cssmin("\n".join(content(paths, name) for name in parts)), parts


def content(paths: dict[str, Any], name: str) -> str:
    """The text of one file, where it was found."""
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()
