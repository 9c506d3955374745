"""How many wrong passwords and codes are taken before somebody has to wait, and whom they are counted for.

They are counted for the person who is meant, whichever name or address was typed, and for the address that
asks: never for anything that a client may choose. A browser in which that person has signed in before, or
is signed in, has tries of its own, so that nobody can keep another out by guessing. How many there are
says ACCOUNT_RATE_LIMITS.
"""

import unicodedata

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest

from accounts import browsers
from accounts.models import Person

# By whom tries are counted: actions in ACCOUNT_RATE_LIMITS.
IN_BROWSER = "wrong_in_browser"
AT_ADDRESS = "wrong_at_address"
FOR_ACCOUNT_AT_ADDRESS = "wrong_for_account_at_address"
FOR_ACCOUNT = "wrong_for_account"


def normalised_login(login: str) -> str:
    """A username or an address in the one spelling that it is looked up and counted in."""
    return unicodedata.normalize("NFKC", login).strip().lower()


class Try:
    """One try, which counts as a wrong one until it is known to be right."""

    def __init__(self, request: HttpRequest, account: str, person: Person | None) -> None:
        self.request = request
        self.account = account
        self.person = person
        self._taken: list[RateLimitUsage] = []

    def begin(self) -> bool:
        """Count it; whether it may be made at all. What may not be made is not counted."""
        for action, key in self._counts():
            usage = ratelimit.consume(self.request, app="allauth.account", action=action, key=key)
            if usage is None:
                self.was_right()
                return False
            self._taken.append(usage)
        return True

    def was_right(self) -> None:
        """It does not count."""
        for usage in self._taken:
            usage.rollback()
        self._taken.clear()

    def forget(self) -> None:
        """Begin to count anew here, and wherever this account was tried from unknown browsers."""
        for action, key in self._counts():
            if action != AT_ADDRESS:
                ratelimit.clear(self.request, app="allauth.account", action=action, key=key)

    def _counts(self) -> list[tuple[str, str]]:
        browser = self._own_browser()
        if browser:
            return [(IN_BROWSER, f"{self.account} {browser}")]
        address = ratelimit.get_ip(self.request)
        return [
            (AT_ADDRESS, address),
            (FOR_ACCOUNT_AT_ADDRESS, f"{self.account} {address}"),
            (FOR_ACCOUNT, self.account),
        ]

    def _own_browser(self) -> str:
        if self.person is None:
            return ""
        if self.request.user.is_authenticated and self.request.user.pk == self.person.pk:
            return "signed in"
        return browsers.number_of(self.request, self.person.pk)


def password_try(request: HttpRequest, person: Person | None, login: str) -> Try:
    """A try at the password of `person`; of nobody, where `login` is nobody's."""
    account = f"login {normalised_login(login)}" if person is None else f"person {person.pk}"
    return Try(request, account, person)


def code_try(request: HttpRequest, person: Person) -> Try:
    """A try at a code of the second step."""
    return Try(request, f"code of person {person.pk}", person)
