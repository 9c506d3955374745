"""The static files as they are served: compressed, their hashes in their names, all styles in one."""

import re
from collections.abc import Iterator
from typing import Any

import rcssmin
from django.core.files.base import ContentFile
from servestatic.storage import CompressedManifestStaticFilesStorage

# Those that are linked: the pages', and that of Django's admin.
SHEETS = ("css/parley.css", "css/model_admin.css")
IMPORT = re.compile(r'^@import "([\w-]+\.css)";$', re.MULTILINE)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """What `collectstatic` collects into, where a style sheet holds all that it imports.

    A request for each would cost a visitor more than all of their bytes do.
    """

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
