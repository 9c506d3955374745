"""All of the site in one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.backup.writing import write_backup


class Command(BaseCommand):
    """`manage.py backup FILE`."""

    help = "Writes the database and the stored files into one file, as they are now, while Parley runs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path, help="The zip to write; one that is there is replaced.")

    def handle(self, *args: Any, file: Path, verbosity: int, **options: Any) -> None:
        """Write it. Raises CommandError with a sentence."""
        tell = self.stdout.write if verbosity > 1 else lambda line: None
        try:
            written = write_backup(file, tell)
        except OSError as error:
            raise CommandError(f"The backup was not written: {error}") from error
        for name in written.missing:
            self.stderr.write(f"A row names the file {name}, which is not there.")
        self.stdout.write(f"{file} has {written.rows:,} rows and {written.files:,} files.")
