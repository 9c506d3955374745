"""A backup's return."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.backup.restoring import Refused, restore_backup


class Command(BaseCommand):
    """`manage.py restore FILE`."""

    help = "Fills an empty site with what is in a backup. Parley should not run meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from."""
        parser.add_argument("file", type=Path, help="What `manage.py backup` has written.")

    def handle(self, *args: Any, file: Path, verbosity: int, **options: Any) -> None:
        """Restore it. Raises CommandError with a sentence."""
        try:
            restored = restore_backup(file, self.stdout.write if verbosity > 1 else lambda line: None)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for name in restored.missing:
            self.stderr.write(f"The backup has no file {name}, which a row names.")
        self.stdout.write(
            f"There are {restored.rows:,} rows and {restored.files:,} files. Everybody signs in anew."
        )
