"""What programs have open ends with what lets them in."""

import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from database.threads import in_database
from integrations.models import Token
from live import bus
from live.server_process import close_signed_out
from live.sessions import BEARER

if TYPE_CHECKING:
    from live.server_process import ServerProcess

# A look finds what has ended since the one before, and what the last few have missed: a process may stand
# still. What is older is found as that of sessions is (ServerProcess.recheck).
LOOKED_BACK = datetime.timedelta(minutes=1)


def tick(process: "ServerProcess") -> None:
    """Close the sockets here whose token's end has come. Nothing is asked where no program shows one."""
    if any(socket.session_key.startswith(BEARER) for socket in process.hub.sockets if socket.json):
        process.spawn(close_ended(process))


async def close_ended(process: "ServerProcess") -> None:
    """Ask which tokens have just ended, and close what they have open. One query."""
    ended = await in_database(just_ended)()
    for socket in tuple(process.hub.sockets):
        if socket.session_key in ended:
            close_signed_out(socket)


def just_ended() -> set[str]:
    """What stands for each token whose end has just come. One query."""
    now = timezone.now()
    found = Token.objects.filter(ends_at__gt=now - LOOKED_BACK, ends_at__lte=now)
    return {BEARER + digest for digest in found.values_list("digest", flat=True)}


def recheck_bots(owner_id: int) -> None:
    """Look again, after the commit, at what the bots of somebody have open. One query."""
    for bot_id in Person.objects.filter(bot_owner=owner_id).values_list("pk", flat=True):
        transaction.on_commit(partial(bus.recheck_person, bot_id))
