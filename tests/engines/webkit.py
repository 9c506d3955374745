"""WebKitGTK's MiniBrowser, through its WebDriver: https://www.w3.org/TR/webdriver2/

It has one window and one person, and needs a display. What it lacks: its console cannot be read, a second tab
stops it, and its window becomes no narrower than some 447 CSS pixels.
"""

import base64
import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from tests import debian
from tests.engines.page import BrowserError, Page, free_port, wait_for
from tests.services import Missing

DRIVER, DISPLAY = "WebKitWebDriver", "Xvfb"
PACKAGES = ("webkit2gtk-driver", "xvfb")
# How long it may take to answer, and for an expression to come to an end, seconds.
PATIENCE, SCRIPT = 40, 10

# Each frame is drawn by the processor here. Less motion, as in the other engines; and bars to scroll by that
# stay: those that fade have the whole window drawn for three seconds after each page.
SETTINGS = """[Settings]
gtk-enable-animations=0
gtk-overlay-scrolling=0
"""


def find() -> str:
    """The path of a WebKitWebDriver; installs one where there is none. Raises Missing."""
    found = on_machine() or (debian.install(*PACKAGES) and on_machine())
    if not found:
        raise Missing(
            "There is no WebKit here, and none could be installed."
            f" Type: apt-get install {' '.join(PACKAGES)}"
        )
    return found


def on_machine() -> str | None:
    """The driver that PARLEY_WEBKIT names, or one on the PATH, with a browser and a display to it."""
    driver = shutil.which(os.environ.get("PARLEY_WEBKIT") or DRIVER)
    return driver if driver and shutil.which(DISPLAY) and minibrowser() else None


def minibrowser() -> Path | None:
    """The newest MiniBrowser of the packages."""
    return max(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), default=None)


class WebKit:
    """A browser on a display of its own."""

    def __init__(self, path: str, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        settings = folder / ".config" / "gtk-3.0" / "settings.ini"
        settings.parent.mkdir(parents=True)
        settings.write_text(SETTINGS)
        with (folder / "log").open("wb") as log:
            quiet: dict[str, Any] = {"stdout": log, "stderr": log, "start_new_session": True}
            reading, writing = os.pipe()
            display = [
                DISPLAY,
                "-displayfd",
                str(writing),
                "-screen",
                "0",
                "1600x1200x24",
                "-nolisten",
                "tcp",
            ]
            self._processes = [subprocess.Popen(display, pass_fds=[writing], **quiet)]
            os.close(writing)
            # It finds a free number and writes it.
            with os.fdopen(reading) as numbers:
                number = numbers.readline().strip()
            port = free_port()
            self._processes.append(
                subprocess.Popen([path, f"--port={port}"], env=_environment(folder, number), **quiet)
            )
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False)
        wait_for(self._knock, self._processes[-1])
        options = {"binary": str(minibrowser()), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self._session = self.request("POST", "/session", {"capabilities": wanted})["sessionId"]
        self.ask("POST", "/timeouts", {"script": SCRIPT * 1000, "pageLoad": PATIENCE * 1000})
        # What cannot be read here: tests/engines/firefox.py.
        self.complaints: list[str] = []

    def _knock(self) -> None:
        try:
            self._http.get("/status")
        except httpx.TransportError as error:
            raise OSError from error

    def request(self, verb: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send a command; what it gives. Raises BrowserError."""
        answer = self._http.request(verb, path, json=body if verb == "POST" else None).json()["value"]
        if isinstance(answer, dict) and answer.get("error"):
            raise BrowserError(f"{path}: {answer['error']}: {answer.get('message')}")
        return answer

    def ask(self, verb: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send a command of the session; what it gives. Raises BrowserError."""
        return self.request(verb, f"/session/{self._session}{path}", body or {})

    def person(self) -> "WebKitPage":
        """The tab; whoever was here before has ended."""
        return WebKitPage(self)

    def end(self) -> None:
        """End it, and its display."""
        with contextlib.suppress(BrowserError, httpx.TransportError):
            self.ask("DELETE", "")
        self._http.close()
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment(folder: Path, display: str) -> dict[str, str]:
    """Where it shows itself, and keeps what it keeps."""
    ours = {
        "DISPLAY": f":{display}", "GDK_BACKEND": "x11", "HOME": str(folder), "LIBGL_ALWAYS_SOFTWARE": "1",
        "NO_AT_BRIDGE": "1", "XDG_RUNTIME_DIR": str(folder),
    }  # fmt: skip
    if os.geteuid() == 0:
        # Its sandbox needs another user.
        ours["WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"] = "1"
    return {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"} | ours


class WebKitPage(Page):
    """The one tab of a WebKit."""

    engine = "WebKit"

    def __init__(self, browser: WebKit) -> None:
        self._ask = browser.ask

    def go(self, url: str) -> None:
        self._ask("POST", "/url", {"url": url})

    def js(self, expression: str) -> Any:
        script = "const done = arguments[0], give = value => done(JSON.stringify(value ?? null))\n"
        script += f"Promise.resolve().then(() => ({expression})).then(give, error => done(`!${{error}}`))"
        given = self._ask("POST", "/execute/async", {"script": script, "args": []})
        if given is None or given.startswith("!"):
            raise BrowserError(given)
        return json.loads(given)

    def act(self, kind: str, actions: Sequence[dict[str, Any]]) -> None:
        self._ask("POST", "/actions", {"actions": [{"type": kind, "id": kind, "actions": list(actions)}]})
        if kind == "wheel":
            # This driver scrolls by the difference to the last state: each turn begins anew.
            self._ask("DELETE", "/actions")

    def choose_files(self, selector: str, paths: Sequence[Path]) -> None:
        (found,) = self._ask("POST", "/element", {"using": "css selector", "value": selector}).values()
        self._ask("POST", f"/element/{found}/value", {"text": "\n".join(map(str, paths))})

    def resize(self, width: int, height: int) -> None:
        before = self.js("[innerWidth, innerHeight]")
        self._ask("POST", "/window/rect", {"x": 0, "y": 0, "width": width, "height": height})
        inner = self._resized(before)
        # The window has a frame: larger by what the page lacks.
        outer = {"width": 2 * width - inner[0], "height": 2 * height - inner[1]}
        self._ask("POST", "/window/rect", outer)

    def _resized(self, before: list[int]) -> list[int]:
        """The size of the page once it is another than `before`: a busy machine takes its time."""
        for _ in range(40):
            inner = self.js("[innerWidth, innerHeight]")
            if inner != before:
                break
            time.sleep(0.05)
        return inner

    def add_cookie(self, name: str, value: str, url: str) -> None:
        self.go(f"{url}/accounts/login/")
        self._ask("POST", "/cookie", {"cookie": {"name": name, "value": value, "path": "/"}})

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def back(self) -> None:
        self._ask("POST", "/back")

    def forward(self) -> None:
        self._ask("POST", "/forward")

    def reload(self) -> None:
        self._ask("POST", "/refresh")

    def end(self) -> None:
        self._ask("DELETE", "/cookie")
        self.go("about:blank")
