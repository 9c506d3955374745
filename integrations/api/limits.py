"""How often one token may ask."""

from time import time

from live.limits import FixedWindowLimit

# Requests with one token in a minute.
REQUESTS_A_MINUTE = 600
WINDOW = 60


class Allowance:
    """What is left of a token's requests in this minute, as answers say it.

    https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/03/
    """

    def __init__(self, taken: int, now: float) -> None:
        self.is_exceeded = taken > REQUESTS_A_MINUTE
        self.left = max(0, REQUESTS_A_MINUTE - taken)
        self.reset = WINDOW - int(now) % WINDOW

    @property
    def headers(self) -> dict[str, str]:
        """What an answer says of it."""
        return {
            "RateLimit-Limit": str(REQUESTS_A_MINUTE),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.reset),
        }


class TokenLimit(FixedWindowLimit):
    """Requests by token, in minutes that begin for all with the clock's: so it is known when they end."""

    def __init__(self) -> None:
        super().__init__("api", REQUESTS_A_MINUTE, WINDOW)

    def count(self, token_id: int) -> Allowance:
        """Count one more request with that token."""
        now = time()
        key = f"limit-{self.name}-{token_id}-{int(now) // WINDOW}"
        return Allowance(self._counted({key: 1})[key], now)


REQUEST_LIMIT = TokenLimit()
