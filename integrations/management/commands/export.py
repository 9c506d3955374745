"""What is in the site, for other programs or to read without any."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.archive import Archive
from integrations.models import Export
from integrations.moving.layouts import WRITERS
from integrations.moving.scope import Scope
from integrations.moving.whole_file import whole_file
from rooms.models import Room


class Command(BaseCommand):
    """`manage.py export FILE --layout pages|slack|parley`."""

    help = "Writes what is in the site, or in one of its rooms, into a zip."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and what."""
        parser.add_argument("file", type=Path, help="The zip to write.")
        parser.add_argument("--layout", choices=Export.Layout.values, default=Export.Layout.PARLEY.value)
        parser.add_argument("--room", help="The address of a room (/rooms/…/); without it, all of them.")
        parser.add_argument(
            "--direct", action="store_true", help="With conversations between a few, where it is of all."
        )

    def handle(
        self, *args: Any, file: Path, layout: str, room: str | None, direct: bool, **options: Any
    ) -> None:
        """Write it. Raises CommandError with a sentence."""
        there = Room.objects.filter(slug=room).first() if room else None
        if room and there is None:
            raise CommandError(f"There is no room at /rooms/{room}/.")
        try:
            with whole_file(file) as stream:
                archive = Archive(stream, lambda count: None)
                WRITERS[layout](archive, Scope(there, direct=direct))
                archive.close()
        except OSError as error:
            raise CommandError(f"The export was not written: {error}") from error
        self.stdout.write(f"{file} has {file.stat().st_size:,} bytes.")
