"""`manage.py import_campfire FILE`."""

from integrations.moving.command import ImportCommand


class Command(ImportCommand):
    """Moves in an archive of Campfire."""

    program = "campfire"
