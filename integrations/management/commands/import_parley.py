"""`manage.py import_parley FILE`."""

from integrations.moving.command import ImportCommand


class Command(ImportCommand):
    """Moves in an archive of Parley."""

    program = "parley"
