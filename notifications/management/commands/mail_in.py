"""Takes answers to mails, and mails that come back, from the mail server of the machine."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from notifications.mail_server import controller


class Command(BaseCommand):
    """`manage.py mail_in`."""

    help = "Takes what is mailed to MAIL_IN_DOMAIN, by SMTP at MAIL_IN_LISTEN, until it is told to end."

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen. Raises CommandError where that cannot be."""
        if not settings.MAIL_IN_DOMAIN:
            raise CommandError(
                "MAIL_IN_DOMAIN is not set: no mail is taken in. docs/notifications.md says how."
            )
        host, _, port = settings.MAIL_IN_LISTEN.rpartition(":")
        if not host or not port.isdigit():
            raise CommandError("MAIL_IN_LISTEN is an address and a port, such as 127.0.0.1:8026.")
        told_to_end = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: told_to_end.set())
        server = controller(host.strip("[]"), int(port))
        try:
            server.start()
        except OSError as error:
            raise CommandError(f"Nothing can listen at {settings.MAIL_IN_LISTEN}: {error}") from error
        self.stdout.write(f"Mail is taken at {settings.MAIL_IN_LISTEN}.")
        told_to_end.wait()
        server.stop()
