"""What rooms have done in this process since it began, counted for /metrics."""

from prometheus_client import Histogram

POST_SECONDS = Histogram(
    "parley_post_seconds",
    "Time to store a message and to tell it to the processes.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
