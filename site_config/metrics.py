"""What this process has done and holds, in Prometheus' text format."""

import secrets

from django.conf import settings
from prometheus_client import Gauge, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from live.presence import ONLINE
from live.server_process import processes

disable_created_metrics()

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

SOCKETS = Gauge("parley_sockets", "WebSockets that this process holds.")
SHARED = Gauge("parley_sockets_shared", "Of these, those that take a frame that was encoded once for all.")
PEOPLE = Gauge("parley_people_online", "People who are here, in all processes, as this one last saw it.")


def may_read(authorization: bytes) -> bool:
    """Whether an Authorization header holds the token."""
    kind, _, token = authorization.partition(b" ")
    return kind.lower() == b"bearer" and secrets.compare_digest(
        token.strip(), settings.METRICS_TOKEN.encode()
    )


def exposition() -> bytes:
    """All of it, now. Called in the event loop, whose sockets are counted."""
    sockets = [socket for process in processes.values() for socket in process.hub.sockets]
    SOCKETS.set(len(sockets))
    SHARED.set(sum(socket.takes_shared_frames for socket in sockets))
    PEOPLE.set(max((len(process.here.get(ONLINE, ())) for process in processes.values()), default=0))
    return generate_latest()
