"""`manage.py import_mattermost FILE`."""

from integrations.moving.command import ImportCommand


class Command(ImportCommand):
    """Moves in an archive of Mattermost."""

    program = "mattermost"
