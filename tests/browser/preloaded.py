"""A process that has imported what Parley is made of, and forks servers and commands of it.

Most of a start is imports.

It knows no settings: a server reads its own, after the fork. Told a folder of data, it has read those of that
folder as well, compiled its templates and given its first answers: whatever runs there then is what every
process is after its first minute. One that has given none is tried all the same, where a test has a second
server, tells one settings or asks for daphne, and in tests/processes, tests/faults and tests/commands.

Run as `python -m tests.browser.preloaded`, it takes a line of JSON for each thing that it is asked, on its
input, and answers with one.
"""

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from contextvars import copy_context
from pathlib import Path
from typing import Any

from tests.environment import ROOT, environment

# Packages that can be imported before any settings are read.
PACKAGES = (
    "argon2", "channels.db", "channels.generic.websocket",
    "channels.layers", "channels_redis.pubsub", "django.core.cache.backends.locmem",
    "django.core.handlers.asgi", "django.core.serializers.json", "django.core.management",
    "database.sqlite.base",
    "django.db.models", "django.forms", "django.template.backends.django", "django.test.client",
    "django.views.generic", "django_htmx.middleware", "emoji", "environ", "fido2.server", "filetype",
    "httptools", "huey.api", "huey.storage", "jinja2", "linkify_it", "lucide", "markdown_it", "nh3",
    "PIL.Image", "PIL.ImageOps", "prometheus_client", "pygments.formatters.html", "pygments.lexers",
    "redis.asyncio", "servestatic", "uvicorn.main", "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl", "uvloop", "websockets.protocol",
)  # fmt: skip
# What is asked for beforehand: by somebody whom nobody knows, and by a member.
LOGIN = "/accounts/login/"
PAGES = (
    "/rooms/general/", "/rooms/general/messages/{}/", "/rooms/general/messages/{}/thread/",
    "/rooms/general/history/", "/accounts/profile/",
)  # fmt: skip


class Preloaded:
    """The process, as tests have it: one for each of their own processes."""

    def __init__(self, folder: Path | None = None) -> None:
        # The data of all its servers, which run one after the other and are told no other settings.
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.preloaded", *(["prepared"] if folder else [])],
            cwd=ROOT, env=environment(folder) if folder else None,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        if folder:
            # Until it has answered it reads what is there.
            self.ask()

    def start(
        self, words: list[str], place: dict[str, str], log: Path, *, is_group: bool = False
    ) -> "ForkedServer":
        """Fork a uvicorn with these words, in this environment, that writes to `log`.

        One that is a group can be ended with whatever it has started.
        """
        asked = {"words": words, "place": place, "log": str(log), "is_group": is_group}
        return ForkedServer(self, self.ask(**asked))

    def manage(self, words: list[str], place: dict[str, str], folder: Path) -> str:
        """Fork a manage.py with these words, and wait for its end; what it printed. Raises AssertionError."""
        log = folder / "manage.log"
        log.unlink(missing_ok=True)
        status = self.start(["manage.py", *words], place, log).wait()
        printed = log.read_text(errors="replace")
        assert status == 0, f"manage.py {' '.join(words)} failed:\n{printed}"
        return printed

    def ask(self, **question: Any) -> Any:
        """Ask it something, and wait for the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self) -> None:
        """End it; the servers have ended."""
        self._process.communicate(timeout=10)


class ForkedServer:
    """A server that was forked, with what tests ask of a subprocess.Popen."""

    def __init__(self, preloaded: Preloaded, pid: int) -> None:
        self._preloaded = preloaded
        self.pid = pid
        self._status: int | None = None

    def poll(self) -> int | None:
        """Its exit status, or None while it runs."""
        if self._status is None:
            self._status = self._preloaded.ask(wait_for=self.pid)
        return self._status

    def wait(self, timeout: float = 60) -> int:
        """Its exit status, once it has ended. Raises subprocess.TimeoutExpired."""
        deadline = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("uvicorn", timeout)
            time.sleep(0.02)
        return status

    def send_signal(self, how: signal.Signals) -> None:
        """Send it a signal, if it is there to get it."""
        if self.poll() is None:
            os.kill(self.pid, how)

    def kill(self) -> None:
        """End it without a word."""
        self.send_signal(signal.SIGKILL)


def serve() -> None:
    """Answer questions until there are no more."""
    for package in PACKAGES:
        importlib.import_module(package)
    if "prepared" in sys.argv:
        prepare()
        # Which language and which zone a visitor had stays in there.
        copy_context().run(use_once)
        # As site_config.asgi does with what it has loaded: what a child looks through is copied for it.
        gc.collect()
        gc.freeze()
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(answer_to(question)), flush=True)


def answer_to(question: dict[str, Any]) -> int | None:
    """The number of what was forked, or how something ended; nothing, where nothing is asked."""
    if not question:
        return None
    return status_of(question["wait_for"]) if "wait_for" in question else fork(**question)


def prepare() -> None:
    """Do all that a server does before it serves, but open nothing."""
    importlib.import_module("site_config.asgi")
    from django.db import connections
    from django.template import engines
    from django.urls import get_resolver
    from huey.contrib.djhuey import HUEY

    assert get_resolver().url_patterns
    for engine in ("django", "jinja2"):
        for folder in map(Path, engines[engine].template_dirs):
            for file in folder.rglob("*.html"):
                if engine == "jinja2" or "jinja2" not in file.parts:
                    engines[engine].get_template(str(file.relative_to(folder)))
    HUEY.storage.close()
    connections.close_all()


def use_once() -> None:
    """Say something, and ask for pages: for the first of them icons are read, addresses and queries built.

    That is half of what a server does in a journey. It is all in a transaction that is taken back, and what
    was kept is forgotten: whatever a server knows of its house it finds there itself.
    """
    from django.contrib.contenttypes.models import ContentType
    from django.core.cache import cache
    from django.db import connections, transaction
    from django.test import Client

    from hypermedia.cache import rendered
    from rooms.actions import messages_post
    from rooms.models import Membership

    visitor, member = Client(), Client()
    with transaction.atomic():
        membership = Membership.objects.select_related("room", "person").get(
            room__slug="general", person__username="alice"
        )
        member.force_login(membership.person)
        message = messages_post.post_message(membership, "A *word* to `everybody`.")
        for client, path in ((visitor, LOGIN), *((member, page.format(message.pk)) for page in PAGES)):
            assert client.get(path).status_code == 200, path
        transaction.set_rollback(True)
    rendered.clear()
    cache.clear()
    ContentType.objects.clear_cache()
    connections.close_all()


def status_of(pid: int) -> int | None:
    """The exit status of a child, as subprocess has it, or None while it runs."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def fork(words: list[str], place: dict[str, str], log: str, *, is_group: bool) -> int:
    """Fork a server, or a command; its number."""
    pid = os.fork()
    if pid:
        if is_group:
            os.setpgid(pid, pid)
        return pid
    status = 1
    try:
        become(words, place, log)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        # Nothing of the parent's is flushed or ended twice.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def become(words: list[str], place: dict[str, str], log: str) -> None:
    """Run uvicorn, or a command of manage.py, in this process."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(place)
    sys.argv = words
    if words[0] == "manage.py":
        from django.core.management import execute_from_command_line

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
        execute_from_command_line(words)
        return
    from uvicorn.main import main

    main(args=words[1:])


if __name__ == "__main__":
    serve()
