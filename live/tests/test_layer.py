"""The layer that a single process speaks with itself through."""

import time

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.conf import settings


@pytest.mark.skipif(bool(settings.REDIS_URL), reason="about the layer in memory")
async def test_a_clock_that_is_moved_takes_nobody_out_of_their_groups(monkeypatch):
    given = get_channel_layer()
    layer = InMemoryChannelLayer(given.expiry, given.group_expiry, given.capacity)
    await layer.group_add("everyone", "a-process")
    await layer.group_send("everyone", {"type": "before"})
    now = time.time()
    monkeypatch.setattr("channels.layers.time.time", lambda: now + 86_400)
    await layer.group_send("everyone", {"type": "after"})
    assert "a-process" in layer.groups["everyone"]
    assert [(await layer.receive("a-process"))["type"] for _ in range(2)] == ["before", "after"]
