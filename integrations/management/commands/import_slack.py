"""`manage.py import_slack FILE`."""

from integrations.moving.command import ImportCommand


class Command(ImportCommand):
    """Moves in an archive of Slack."""

    program = "slack"
