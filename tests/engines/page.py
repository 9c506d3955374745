"""A page in a browser that Playwright does not drive: what the journeys ask of it, in whatever engine."""

import contextlib
import json
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

# For whatever has to cross from one place to another, seconds.
PATIENCE = 20.0
# Between two looks, seconds.
EVERY = 0.05

# https://www.w3.org/TR/webdriver2/#keyboard-actions
KEYS = {
    "Backspace": "\ue003", "Tab": "\ue004", "Enter": "\ue007", "Shift": "\ue008", "Escape": "\ue00c",
    "End": "\ue010", "Home": "\ue011", "ArrowLeft": "\ue012", "ArrowUp": "\ue013",
    "ArrowRight": "\ue014", "ArrowDown": "\ue015",
}  # fmt: skip

# Elements that match a selector and say some words, in their text or as their label; those in sight first.
FOUND = """((selector, words) => [...document.querySelectorAll(selector)]
    .filter(one => ((one.getAttribute("aria-label") ?? "") + one.textContent).includes(words))
    .sort((a, b) => b.checkVisibility() - a.checkVisibility()))"""
# Where to press an element that is brought into sight: its middle, or nothing where that is something else.
SPOT = """(one => {
    if (!one?.checkVisibility()) return null
    let box = one.getBoundingClientRect()
    if (box.top < 0 || box.bottom > innerHeight) {
        one.scrollIntoView({block: "nearest"})
        box = one.getBoundingClientRect()
    }
    const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]
    const hit = document.elementFromPoint(x, y)
    return one.contains(hit) || hit?.contains(one) ? [x, y] : null
})"""


class BrowserError(Exception):
    """What a browser answered in place of what it was asked."""


class Page(ABC):
    """One tab. What each engine does in its own way comes first; the rest is made of that."""

    engine: str

    @abstractmethod
    def go(self, url: str) -> None:
        """Load a page, and return once it is there."""

    @abstractmethod
    def js(self, expression: str) -> Any:
        """The value of an expression, or of what it promises, as JSON has it. Raises BrowserError."""

    @abstractmethod
    def act(self, kind: str, actions: Sequence[dict[str, Any]]) -> None:
        """Do what an input source of this kind (`key`, `pointer`, `wheel`) can do, by WebDriver's words."""

    @abstractmethod
    def choose_files(self, selector: str, paths: Sequence[Path]) -> None:
        """Choose files in an input."""

    @abstractmethod
    def resize(self, width: int, height: int) -> None:
        """Give the page this size, CSS pixels, or the nearest that can be had."""

    @abstractmethod
    def add_cookie(self, name: str, value: str, url: str) -> None:
        """Have a cookie for a site."""

    @abstractmethod
    def picture(self, path: Path) -> None:
        """Write what is seen to a file, as PNG."""

    @abstractmethod
    def back(self) -> None:
        """Press Back."""

    @abstractmethod
    def forward(self) -> None:
        """Press Forward."""

    @abstractmethod
    def reload(self) -> None:
        """Load the page again."""

    @abstractmethod
    def end(self) -> None:
        """Forget who was here, and everything they did."""

    # -- Looking -----------------------------------------------------------------------------

    def becomes(self, expression: str, seconds: float = PATIENCE) -> Any:
        """Wait until an expression is true; its value. Raises AssertionError."""
        deadline = time.monotonic() + seconds
        trouble: object = "it is false"
        while time.monotonic() < deadline:
            # Between two pages there is nobody to ask.
            try:
                if value := self.js(expression):
                    return value
            except BrowserError as error:
                trouble = error
            time.sleep(EVERY)
        raise AssertionError(f"{expression} is not so in {self.engine}: {trouble}")

    def stays(self, expression: str, seconds: float) -> None:
        """Look again and again, for so long, that an expression is true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.js(expression), f"{expression} is no longer so in {self.engine}"
            time.sleep(EVERY)

    def shows(self, words: str, selector: str = "main", seconds: float = PATIENCE) -> None:
        """Wait until words can be read in an element."""
        self.becomes(f"document.querySelector({text(selector)})?.innerText.includes({text(words)})", seconds)

    def sees(self, selector: str, words: str = "", seconds: float = PATIENCE) -> None:
        """Wait until an element is visible."""
        self.becomes(f"{FOUND}({text(selector)}, {text(words)})[0]?.checkVisibility()", seconds)

    def loses(self, selector: str, words: str = "", seconds: float = PATIENCE) -> None:
        """Wait until there is no such element, or none that is visible."""
        self.becomes(f"!{FOUND}({text(selector)}, {text(words)})[0]?.checkVisibility()", seconds)

    def texts(self, selector: str) -> list[str]:
        """What elements say, in their order."""
        return self.js(f"[...document.querySelectorAll({text(selector)})].map(one => one.innerText)")

    def count(self, selector: str) -> int:
        """How many elements there are."""
        return self.js(f"document.querySelectorAll({text(selector)}).length")

    def value(self, selector: str) -> str:
        """What stands in a field."""
        return self.js(f"document.querySelector({text(selector)}).value")

    def top(self, selector: str) -> float:
        """How far below the upper edge of the window an element begins, CSS pixels."""
        return self.js(f"document.querySelector({text(selector)}).getBoundingClientRect().top")

    def arrives(self, path: str) -> None:
        """Wait until the page at this path is loaded."""
        self.becomes(f"location.pathname == {text(path)} && document.readyState == 'complete'")

    # -- Acting ------------------------------------------------------------------------------

    def click(self, selector: str, words: str = "") -> None:
        """Press an element, where it can be hit and rests: the first that says these words."""
        spot, before = f"{SPOT}({FOUND}({text(selector)}, {text(words)})[0])", None
        while (at := self.becomes(spot)) != before:
            before = at
            time.sleep(EVERY)
        self.press_at(*at)

    def point_at(self, selector: str) -> None:
        """Move the mouse over an element, without a press."""
        x, y = self.becomes(f"{SPOT}({FOUND}({text(selector)}, '')[0])")
        self.act("pointer", [{"type": "pointerMove", "x": x, "y": y, "duration": 0}])

    def press_at(self, x: float, y: float) -> None:
        """Press the mouse in a place of the window."""
        move = {"type": "pointerMove", "x": x, "y": y, "duration": 0}
        self.act("pointer", [move, *({"type": f"pointer{way}", "button": 0} for way in ("Down", "Up"))])

    def type(self, words: str) -> None:
        """Type letters, one after the other."""
        self.act("key", [{"type": way, "value": one} for one in words for way in ("keyDown", "keyUp")])

    def press(self, *names: str) -> None:
        """Press keys together: `press("Enter")`, `press("Shift", "Enter")`."""
        keys = [KEYS[name] for name in names]
        down = [{"type": "keyDown", "value": key} for key in keys]
        self.act("key", [*down, *({"type": "keyUp", "value": key} for key in reversed(keys))])

    def fill(self, selector: str, words: str) -> None:
        """Write into a field, in place of what is in it."""
        self.click(selector)
        self.js(f"document.querySelector({text(selector)}).select()")
        self.type(words)

    def wheel(self, selector: str, distance: int) -> None:
        """Turn the wheel above the middle of an element, by CSS pixels: down, or up where it is negative."""
        box = f"document.querySelector({text(selector)}).getBoundingClientRect()"
        x, y = self.js(f"(box => [box.x + box.width / 2, box.y + box.height / 2].map(Math.round))({box})")
        scroll = {"type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": distance, "duration": 0}
        self.act("wheel", [{**scroll, "origin": "viewport"}])


def text(words: str) -> str:
    """Words as a string of JavaScript."""
    return json.dumps(words)


# -- What the drivers are made of ------------------------------------------------------------


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(knock: Callable[[], Any], process: subprocess.Popen, seconds: float = 60) -> Any:
    """What `knock` gives, once it no longer raises OSError; raises BrowserError where the process ends."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return knock()
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise BrowserError(f"{process.args!r} does not answer") from error
        time.sleep(EVERY)


def end_process(process: subprocess.Popen) -> None:
    """End a process that we started, and wait for it."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
    process.kill()
    process.wait()
