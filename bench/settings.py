"""Parley's settings, with the bare views beside its pages (bench/urls.py)."""

from site_config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
