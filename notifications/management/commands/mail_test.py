"""A mail to see that the mail server takes one."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """`manage.py mail_test ADDRESS`."""

    help = "Sends a mail to an address, at once and not by the worker, and says what the mail server said."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address."""
        parser.add_argument("address")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        """Send it. Raises CommandError with what the mail server said."""
        try:
            EmailMessage(
                "A test from Parley", f"Mail from {settings.SITE_URL} reaches you.", to=[address]
            ).send()
        except (OSError, ValueError) as error:
            raise CommandError(f"The mail was not sent: {error}") from error
        self.stdout.write(f"The mail server has taken a mail to {address}.")
