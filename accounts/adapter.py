"""Where allauth asks us."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest

from accounts import access

log = logging.getLogger(__name__)

MISMATCH = "That name and that password do not belong together. Check both, and try again."
NO_MAIL = "The mail could not be sent. Try again later, or ask an administrator."
TOO_MANY = "Too many tries. Wait a few minutes, then try again."


class AccountAdapter(DefaultAccountAdapter):
    """Who may sign up, in our words, and with mail that may fail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": "You have that address already.",
        "email_password_mismatch": MISMATCH,
        "email_taken": "There is an account with that address already. Sign in, or reset its password.",
        "enter_current_password": "That is not your password.",
        "incorrect_password": "That is not your password.",
        "rate_limited": TOO_MANY,
        "too_many_login_attempts": TOO_MANY,
        "username_blacklisted": "That username is kept free. Choose another.",
        "username_password_mismatch": MISMATCH,
        "username_taken": "Somebody with that username is here already. Choose another.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether the community is open, or its join link led here."""
        return access.may_sign_up(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send it; a mail server that is away must not take the page along."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:
            log.exception("Mail %s was not sent", template_prefix)
            messages.error(self.request, NO_MAIL)
