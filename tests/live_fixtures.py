"""Fixtures of tests that open sockets."""

from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import connection, connections

from database.threads import in_database
from live import bus
from live.server_process import processes
from tests.sockets import Sockets


@pytest.fixture
async def sockets(transactional_db: None) -> AsyncIterator[Sockets]:
    """A way to open sockets. The database is a real one: several threads look at it."""
    sockets = Sockets()
    yield sockets
    await sockets.end()
    for process in list(processes.values()):
        await process.stop()
    await get_channel_layer().flush()
    # An outage that a test made is over with it.
    bus.circuit.record_success()
    if connection.vendor == "sqlite":
        # The threads in which tests and consumers reached the database keep nothing of the file.
        await sync_to_async(connections.close_all)()
        await in_database(connections.close_all)()
