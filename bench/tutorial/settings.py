"""Parley's people and sessions, the tutorial's layer: Redis where BENCH_LAYER says so, memory otherwise."""

import os
from pathlib import Path

from site_config.settings import *  # noqa: F403
from site_config.settings import REDIS_URL, TEMPLATES

ASGI_APPLICATION = "bench.tutorial.asgi.application"
# The fragment is what Parley sends, as a template.
TEMPLATES = [{**TEMPLATES[0], "DIRS": [Path(os.environ["BENCH_FRAGMENT"]).parent / "tutorial"]}]
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "tutorial"},
    }
    if REDIS_URL
    # Its own capacity of 100 would drop messages, and count as a failure and not as a speed.
    else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 100_000}}
}
