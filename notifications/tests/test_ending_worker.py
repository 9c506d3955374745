"""A worker that ends at any step: each thing is mailed once, or twice under one Message-ID."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

from live.limits import FixedWindowLimit
from notifications import sending
from notifications.models import PendingMail
from rooms.actions.direct import open_direct
from rooms.tests.saying import say


class Ended(BaseException):
    """As if the process were gone: nothing that comes after it is done, and no handler of errors sees it."""


def end_before(step: int) -> Callable[..., Any]:
    """Let a process do so many queries, and end; what it had begun is taken back, as a database does."""
    left = step

    def wrapper(execute, *words):
        nonlocal left
        left -= 1
        if left == -1:
            raise Ended
        return execute(*words)

    return wrapper


@pytest.mark.django_db(transaction=True)
def test_each_thing_is_mailed_wherever_it_ends(general, alice, bob, charlie, work, mailoutbox, monkeypatch):
    monkeypatch.setattr(sending, "MAIL_LIMIT", FixedWindowLimit("many", 1000, 3600))
    talk = open_direct(alice, [bob]).slug
    step, is_over = 0, False
    while not is_over:
        mailoutbox.clear()
        said = [say(alice, talk, f"to bob, {step}."), say(alice, "general", f"@charlie, {step}.")]
        with suppress(Ended), connection.execute_wrapper(end_before(step)):
            work(2, 12)
            is_over = True
        # A process that ends has no connection any longer.
        connection.close()
        connection.connect()
        # The next one, and the one after what was taken is free again.
        work(13, 20)
        bodies = {mail.extra_headers["Message-ID"]: mail.body for mail in mailoutbox}
        for message in said:
            assert sum(message.body in body for body in bodies.values()) == 1, (step, message.body)
        assert not PendingMail.objects.exists()
        step += 1
    assert step > 20
