"""`manage.py import_zulip FILE`."""

from integrations.moving.command import ImportCommand


class Command(ImportCommand):
    """Moves in an archive of Zulip."""

    program = "zulip"
