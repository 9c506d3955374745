"""The commands that move an archive in: `manage.py import_slack FILE` and the like."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from integrations.moving.archives import open_archive
from integrations.moving.records import BadArchive
from integrations.moving.report import Report, counts_of, lacks_of
from integrations.moving.writer import move_in


class ImportCommand(BaseCommand):
    """Moves in an archive of one program, and says what came. Once more it goes on where it was."""

    help = "Move in an archive. The same one once more adds nothing; one that was interrupted goes on."
    program = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file."""
        parser.add_argument("file", type=Path, help="the archive")

    def handle(self, *args: Any, **options: Any) -> None:
        """Move it in, with its progress on the terminal."""
        report = Report()
        with translation.override("en"):
            try:
                with open_archive(self.program, options["file"]) as archive:
                    move_in(archive, report, lambda: self._say(archive.read, archive.total, report))
            except BadArchive as bad:
                raise CommandError(str(bad)) from None
            finally:
                self._report(report)
        if report.is_empty:
            raise CommandError("There is no message in that archive that could be kept.")

    def _say(self, read: int, total: int, report: Report) -> None:
        share = 100 * read // max(total, 1)
        self.stderr.write(f"\r{share:3} %, {report.came['messages']:,} messages", ending="")
        self.stderr.flush()

    def _report(self, report: Report) -> None:
        self.stderr.write("")
        for words, count in counts_of(report.values()):
            self.stdout.write(f"{words}: {count:,}")
        for lack in lacks_of(report.values()):
            examples = f" ({', '.join(lack.examples)})" if lack.examples else ""
            self.stdout.write(f"{lack.sentence}: {lack.times:,}{examples}")
