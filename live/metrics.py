"""What this process has done since it began, counted for /metrics.

A counter takes a lock for less than a microsecond; whoever fans out adds once for all of it.
"""

from prometheus_client import Counter

DELIVERIES = Counter("parley_deliveries", "Frames handed to sockets, one for each that it went to.")
DELIVERED_BYTES = Counter("parley_delivered_bytes", "Bytes of text in those frames.")
EVENTS = Counter("parley_events", "Events of this process and of others that it has heard.")
BACKLOG_CLOSES = Counter("parley_backlog_closes", "Sockets closed with 4408 because they did not read.")
CATCH_UPS = Counter("parley_catch_ups", "Pages and programs that returned and were told what they missed.")
GAPS_REPAIRED = Counter("parley_gaps_repaired", "Changes of a room fetched because no event told of them.")
PUBLISH_FAILURES = Counter("parley_publish_failures", "Events that could not be told to other processes.")
