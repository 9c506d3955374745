"""Pictures, encoded again: what is stored and shown holds the pixels, and nothing else of the file."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageSequence

from accounts.pictures import PIXELS_LIMIT, BadImage, opened, too_large, upright, written

# Of one that moves, pixels of all its frames, and frames.
MOVING_PIXELS_LIMIT = 40_000_000
FRAMES_LIMIT = 400
# Twice what it is shown in (rooms/models/attachment.py): sharp where a screen has two pixels for one.
THUMBNAIL_SIZE = (840, 640)

# What stands for the whole community, on every page.
LOGO_SIZE = (192, 192)

# How each format that Pillow reads for us is written: its type, the end of its name, Pillow's options.
JPEG = ("JPEG", "image/jpeg", "jpg", {"quality": 88, "progressive": True})
WEBP = ("WEBP", "image/webp", "webp", {"quality": 88, "method": 2})
WRITTEN: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "JPEG": JPEG,
    "MPO": JPEG,
    "PNG": ("PNG", "image/png", "png", {}),
    "GIF": ("GIF", "image/gif", "gif", {}),
    "WEBP": WEBP,
    "AVIF": WEBP,
}


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture, a WebP, and its size in pixels."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ReencodedImage:
    """A picture as it is stored, and the thumbnail of it, a WebP."""

    content: bytes
    content_type: str
    extension: str
    width: int
    height: int
    thumbnail: bytes


def reencode(file: IO[bytes]) -> ReencodedImage:
    """The picture in `file`, upright, without EXIF and the like; moving if it did. Raises BadImage."""
    return opened(file, _reencode)


def thumbnail(content: bytes) -> Thumbnail:
    """A small copy of the picture that `content` is, or of its first frame. Raises BadImage."""
    return opened(io.BytesIO(content), _thumbnail)


def logo(content: bytes) -> Thumbnail:
    """A copy of a picture that is small enough to stand on every page. Raises BadImage."""
    return opened(io.BytesIO(content), _logo)


def _logo(image: Image.Image) -> Thumbnail:
    image.draft(image.mode, LOGO_SIZE)
    small = _small(upright(next(_one_by_one(image))), LOGO_SIZE)
    return Thumbnail(written(small, *SMALL), small.width, small.height)


def _reencode(image: Image.Image) -> ReencodedImage:
    format_, content_type, extension, options = WRITTEN[image.format or ""]
    frames, durations = _frames(image) if format_ != "JPEG" else ([upright(image)], [0])
    first = frames[0]
    if len(frames) > 1:
        options = options | _movement(image, frames, durations)
    return ReencodedImage(
        written(first, format_, options), content_type, extension, first.width, first.height,
        written(_small(first), *SMALL),
    )  # fmt: skip


def _thumbnail(image: Image.Image) -> Thumbnail:
    # Of a photograph no more is unpacked than it takes.
    image.draft(image.mode, THUMBNAIL_SIZE)
    small = _small(upright(next(_one_by_one(image))))
    return Thumbnail(written(small, *SMALL), small.width, small.height)


# How thumbnails are written: the format, and Pillow's options.
SMALL: tuple[str, dict[str, Any]] = ("WEBP", {"quality": 80, "method": 2})


def _small(image: Image.Image, box: tuple[int, int] = THUMBNAIL_SIZE) -> Image.Image:
    scale = min(1, box[0] / image.width, box[1] / image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2)


def _movement(image: Image.Image, frames: list[Image.Image], durations: list[int]) -> dict[str, Any]:
    """Pillow's options for a picture that moves."""
    options: dict[str, Any] = {"save_all": True, "append_images": frames[1:], "duration": durations}
    if "loop" in image.info:
        options["loop"] = image.info["loop"]
    if image.format == "GIF" and any(frame.mode == "RGBA" for frame in frames):
        # What is transparent shows the ground, not the frame before.
        options["disposal"] = 2
    return options


def _frames(image: Image.Image) -> tuple[list[Image.Image], list[int]]:
    """The frames of a picture that may move, and for how many milliseconds each stands."""
    frames: list[Image.Image] = []
    durations: list[int] = []
    for frame in _one_by_one(image):
        size = frame.width * frame.height
        if size > PIXELS_LIMIT:
            raise too_large()
        if frames and (len(frames) >= FRAMES_LIMIT or size * (len(frames) + 1) > MOVING_PIXELS_LIMIT):
            raise BadImage(
                _("That file moves for too long to be shown here: send it as a video."),
                _("%(name)s moves for too long to be shown here: send it as a video."),
            )
        frames.append(upright(frame))
        durations.append(int(frame.info.get("duration", 0)))
    return frames, durations


def _one_by_one(image: Image.Image) -> Iterator[Image.Image]:
    """Its frames; of an AVIF, which moves as a film does, the first."""
    if image.format == "AVIF":
        image.seek(0)
        yield image
    else:
        yield from ImageSequence.Iterator(image)
