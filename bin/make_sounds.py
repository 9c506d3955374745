"""Makes the sounds in static/sounds, which are committed: `python bin/make_sounds.py`."""

import math
import sys
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

# Samples a second, and seconds: with two bytes a sample less than 10 KB.
RATE = 11_025
LENGTH = 0.42
# How loud they are, of 1, and how long the last of each takes to fade away.
LOUDNESS = 0.5
FADE = 0.05


def drop(at: float) -> float:
    """A tone that rises quickly, twice, the second time higher."""
    begun, base = (at, 520.0) if at < 0.12 else (at - 0.12, 690.0)
    return math.sin(2 * math.pi * (base * begun + 900 * begun**2)) * math.exp(-14 * begun)


def bell(at: float) -> float:
    """A small bell: partials that belong to no scale, the higher ones gone first."""
    partials = ((1.0, 1.0, 6.0), (2.76, 0.5, 10.0), (5.4, 0.25, 18.0))
    return sum(
        share * math.sin(2 * math.pi * 784 * times * at) * math.exp(-decay * at)
        for times, share, decay in partials
    )


def wood(at: float) -> float:
    """Two knocks on wood."""
    begun = at if at < 0.14 else at - 0.14
    return (math.sin(2 * math.pi * 430 * begun) + 0.6 * math.sin(2 * math.pi * 1130 * begun)) * math.exp(
        -45 * begun
    )


def samples(sound: Callable[[float], float]) -> array:
    """The values of a sound, as large as they may be together."""
    times = [number / RATE for number in range(int(RATE * LENGTH))]
    values = [sound(at) * min(1.0, (LENGTH - at) / FADE) for at in times]
    most = max(map(abs, values))
    data = array("h", (round(32_767 * LOUDNESS * value / most) for value in values))
    if sys.byteorder == "big":
        data.byteswap()
    return data


def main() -> None:
    """Write all of them."""
    folder = Path(__file__).resolve().parent.parent / "static" / "sounds"
    folder.mkdir(exist_ok=True)
    for sound in (drop, bell, wood):
        with wave.open(str(folder / f"{sound.__name__}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples(sound).tobytes())


if __name__ == "__main__":
    main()
