"""The settings in tests: Parley's own, in an environment that has nothing of the developer's.

TEST_DATABASE_URL and TEST_REDIS_URL say where else than on SQLite and in memory.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.environment import environment

DATA_DIR = Path(tempfile.mkdtemp(prefix="parley-tests-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)

place = environment(DATA_DIR) | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
os.environ.clear()
os.environ.update(place)
for name in ("DATABASE_URL", "REDIS_URL"):
    if elsewhere := os.environ.get(f"TEST_{name}"):
        os.environ[name] = elsewhere

from site_config.settings import *  # noqa: E402, F403
from site_config.settings import CACHES, CHANNEL_LAYERS, DATABASES, HUEY, REDIS_URL, STORAGES  # noqa: E402

_database = DATABASES["default"]
if _database["ENGINE"] == "database.sqlite":
    # A file, as in life: in memory, the threads that serve a socket would share one connection.
    _database["TEST"] = {"NAME": str(DATA_DIR / "tests.sqlite3")}
else:
    _database["TEST"] = {"NAME": f"test_{_database['NAME']}_{os.getpid()}"}

# Two runs may share a Redis.
REDIS_PREFIX = f"parley-tests-{os.getpid()}"
if REDIS_URL:
    CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = REDIS_PREFIX  # type: ignore[index]
    CACHES["default"]["KEY_PREFIX"] = REDIS_PREFIX
    HUEY["name"] = REDIS_PREFIX

# Nothing waits for a worker: a task runs where it is enqueued.
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}

# Each thread keeps a connection of its own until the database is dropped: to make one anew for each call
# would cost half of a test. No pool hands it to another thread, and nobody asks whether it is still there.
if _database["ENGINE"] != "database.sqlite":
    _database["OPTIONS"].pop("pool", None)
    _database["CONN_MAX_AGE"] = None
    _database["CONN_HEALTH_CHECKS"] = False

# Nothing collected beforehand, and passwords that cost nothing to check.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
(DATA_DIR / "static").mkdir()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
