"""Parley as it ships, except that a busy room's pages are written to with each message (live/pace.py).

Other servers send each message by itself: with this the cost of that is compared, and what it saves to join
those of a moment.
"""

from site_config.asgi import application  # isort: skip  (it sets Django up)

from live import pace

__all__ = ["application"]

pace.PUSH_RATE = 1e6
pace.PUSH_BURST = 1_000_000
