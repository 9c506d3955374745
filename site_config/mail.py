"""Mail where there is no mail server: it stands in the log, to be read by whoever runs the site."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)


class LogBackend(BaseEmailBackend):
    """Writes what a person would read: no encoding of machines breaks a link in two."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write them to the log; how many."""
        for message in email_messages:
            people = ", ".join(message.recipients())
            logger.info("Mail to %s: %s\n\n%s\n", people, message.subject, message.body)
        return len(email_messages)
