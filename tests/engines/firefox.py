"""Firefox, which speaks WebDriver BiDi itself: https://www.w3.org/TR/webdriver-bidi/"""

import base64
import itertools
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import connect

from tests import debian
from tests.engines.page import BrowserError, Page, free_port, wait_for
from tests.services import Missing

NAMES = ("firefox-esr", "firefox")
# How long it may take to answer, seconds.
PATIENCE = 40
# It is to talk to nobody but us.
PREFERENCES = {
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "remote.active-protocols": 1,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    # Less motion, as in tests/browser: each frame is drawn by the processor here.
    "ui.prefersReducedMotion": 1,
}


def find() -> str:
    """The path of a Firefox; installs one where there is none. Raises Missing."""
    found = on_machine() or (debian.install(NAMES[0]) and on_machine())
    if not found:
        raise Missing(
            "There is no Firefox here, and none could be installed. Type: apt-get install firefox-esr"
        )
    return found


def on_machine() -> str | None:
    """The one that PARLEY_FIREFOX names, or one on the PATH."""
    named = os.environ.get("PARLEY_FIREFOX")
    return next(filter(None, map(shutil.which, (named,) if named else NAMES)), None)


class Firefox:
    """A browser without a window, in which each `person()` has cookies of their own."""

    def __init__(self, path: str, folder: Path, **preferences: Any) -> None:
        chosen = (PREFERENCES | preferences).items()
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in chosen]
        folder.mkdir()
        (folder / "user.js").write_text("\n".join(lines))
        port = free_port()
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [path, "--headless", "--no-remote", "--profile", folder, f"--remote-debugging-port={port}"],
                env=os.environ | {"HOME": str(folder)},
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        address = f"ws://127.0.0.1:{port}/session"
        self._stack = ExitStack()
        self._stack.callback(self._end_processes)
        arriving = partial(connect, address, max_size=2**26, proxy=None)
        self._socket = wait_for(lambda: self._stack.enter_context(arriving()), self._process)
        self._numbers = itertools.count(1)
        # What its console said: errors, and violations of the policy.
        self.complaints: list[str] = []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])

    def ask(self, method: str, **params: Any) -> Any:
        """Send a command; what it gives. Raises BrowserError."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv(timeout=PATIENCE))).get("id") != number:
            entry = answer.get("params", {})
            if answer.get("method") == "log.entryAdded" and entry["level"] == "error":
                self.complaints.append(entry["text"])
        if answer["type"] == "error":
            raise BrowserError(f"{method}: {answer['message']}")
        return answer["result"]

    def person(self) -> "FirefoxPage":
        """A tab of somebody who was never here."""
        return FirefoxPage(self, self.ask("browser.createUserContext")["userContext"])

    def end(self) -> None:
        """End it."""
        self._stack.close()

    def _end_processes(self) -> None:
        """End those of its pages as well."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class FirefoxPage(Page):
    """A tab in a Firefox."""

    engine = "Firefox"

    def __init__(self, browser: Firefox, person: str) -> None:
        self._browser, self._person = browser, person
        self._tab = browser.ask("browsingContext.create", type="tab", userContext=person)["context"]

    def _ask(self, method: str, **params: Any) -> Any:
        return self._browser.ask(f"browsingContext.{method}", context=self._tab, **params)

    def go(self, url: str) -> None:
        self._ask("navigate", url=url, wait="complete")

    def js(self, expression: str) -> Any:
        # A promise only where it is one: with scripts switched off none is ever kept.
        script = f"const give = value => JSON.stringify(value ?? null), value = ({expression})\n"
        script += "return value instanceof Promise ? value.then(give) : give(value)"
        given = self._browser.ask(
            "script.evaluate",
            expression=f"(() => {{ {script} }})()",
            target={"context": self._tab}, awaitPromise=True,
        )  # fmt: skip
        if given["type"] == "exception":
            raise BrowserError(given["exceptionDetails"]["text"])
        return json.loads(given["result"]["value"])

    def act(self, kind: str, actions: Sequence[dict[str, Any]]) -> None:
        source = {"type": kind, "id": kind, "actions": list(actions)}
        self._browser.ask("input.performActions", context=self._tab, actions=[source])

    def choose_files(self, selector: str, paths: Sequence[Path]) -> None:
        (found,) = self._ask("locateNodes", locator={"type": "css", "value": selector})["nodes"]
        element, files = {"sharedId": found["sharedId"]}, [str(path) for path in paths]
        self._browser.ask("input.setFiles", context=self._tab, element=element, files=files)

    def resize(self, width: int, height: int) -> None:
        self._ask("setViewport", viewport={"width": width, "height": height})

    def add_cookie(self, name: str, value: str, url: str) -> None:
        cookie = {"name": name, "value": {"type": "string", "value": value}, "domain": urlsplit(url).hostname}
        partition = {"type": "storageKey", "userContext": self._person}
        self._browser.ask("storage.setCookie", cookie=cookie, partition=partition)

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._ask("captureScreenshot")["data"]))

    def back(self) -> None:
        self._ask("traverseHistory", delta=-1)

    def forward(self) -> None:
        self._ask("traverseHistory", delta=1)

    def reload(self) -> None:
        self._ask("reload", wait="complete")

    def end(self) -> None:
        self._browser.ask("browser.removeUserContext", userContext=self._person)
