"""A short moving picture of two people who talk, for the README: frames of two browsers, side by side."""

import io
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Locator, Page, expect

# The one at the desk, and the one with a telephone.
DESK, PHONE, GAP = (820, 560), (320, 560), 20
GROUND = "#efe6d6"
# How long each frame stays, milliseconds, and how good it is.
TYPED, READ = 110, 1400
QUALITY = 55


class Clip:
    """Frames of two pages, one after the other."""

    def __init__(self, desk: Page, phone: Page) -> None:
        self.pages = (desk, phone)
        self.frames: list[Image.Image] = []
        self.durations: list[int] = []

    def take(self, duration: int) -> None:
        """One frame, of what both pages show now."""
        frame = Image.new("RGB", (DESK[0] + GAP + PHONE[0], DESK[1]), GROUND)
        for page, at in zip(self.pages, (0, DESK[0] + GAP), strict=True):
            frame.paste(Image.open(io.BytesIO(page.screenshot(scale="css"))), (at, 0))
        self.frames.append(frame)
        self.durations.append(duration)

    def type(self, box: Locator, text: str, step: int = 4) -> None:
        """Write some text, a few letters a frame."""
        for at in range(0, len(text), step):
            box.press_sequentially(text[at : at + step])
            self.take(TYPED)

    def save(self, file: Path) -> None:
        """Write the file, which begins again for ever."""
        first, *others = self.frames
        options: dict[str, Any] = {"quality": QUALITY, "method": 6, "minimize_size": True, "loop": 0}
        first.save(file, save_all=True, append_images=others, duration=self.durations, **options)


def two_people_talk(desk: Page, phone: Page, file: Path) -> None:
    """Alice at her desk and Bob on his way: one writes, the other sees it; an answer, and a sign."""
    clip = Clip(desk, phone)
    boxes = [page.locator("#body") for page in clip.pages]
    clip.take(READ)
    clip.type(boxes[1], "The train is late, I am there at **10:30**")
    expect(desk.locator("#typing")).to_contain_text("Bob")
    clip.take(READ // 2)
    boxes[1].press("Enter")
    expect(desk.locator("#messages")).to_contain_text("The train is late")
    clip.take(READ)
    clip.type(boxes[0], "No hurry. We begin with the agenda :coffee:")
    clip.take(READ // 2)
    boxes[0].press("Enter")
    expect(phone.locator("#messages")).to_contain_text("We begin with the agenda")
    clip.take(READ)
    clip.type(boxes[1], "Thank you!")
    boxes[1].press("Enter")
    expect(desk.locator("#messages")).to_contain_text("Thank you!")
    desk.wait_for_timeout(400)
    clip.take(READ * 2)
    clip.save(file)
