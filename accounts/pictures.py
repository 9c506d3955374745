"""Pictures that people send: opened with care, and the pixels of them, upright, in the colours of the web."""

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

# Pixels of a picture: more than cameras have, in less memory than a process has.
PIXELS_LIMIT = 50_000_000
# The formats that Pillow reads for us; as JPEG it opens MPO, too, which phones write.
OPENED = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
# In how many pixels somebody's picture is stored: twice what rows and cards show it in.
SMALL, LARGE = 96, 384


class BadImage(ValueError):
    """No picture of ours can be made of it: a sentence about that file, and one about a file with a name."""

    def __init__(self, sentence: Promise, named: Promise, **values: object) -> None:
        """`values` are those of their gaps; `named` has `%(name)s` besides.

        Neither is put into a language before it is read: a process without settings opens pictures, too.
        """
        super().__init__()
        self._sentence, self._named, self._values = sentence, named, values

    def __str__(self) -> str:
        return str(self._sentence) % self._values

    def of(self, name: str) -> str:
        """What is wrong with the file that is called so."""
        return str(self._named) % {**self._values, "name": name}


def too_large() -> BadImage:
    """It has more pixels than PIXELS_LIMIT."""
    return BadImage(
        _("That file is too large a picture: %(most)d million pixels are the most."),
        _("%(name)s is too large a picture: %(most)d million pixels are the most."),
        most=PIXELS_LIMIT // 1_000_000,
    )


@dataclass(frozen=True, slots=True)
class SquarePicture:
    """Somebody's picture in two sizes, each a WebP."""

    small: bytes
    large: bytes


def square_picture(file: IO[bytes]) -> SquarePicture:
    """The middle of the picture in `file`, or of its first frame, as a square. Raises BadImage."""
    return opened(file, _square_picture)


def _square_picture(image: Image.Image) -> SquarePicture:
    # Of a photograph no more is unpacked than it takes.
    image.draft(image.mode, (LARGE, LARGE))
    picture = upright(image)
    large, small = (ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS) for size in (LARGE, SMALL))
    options = {"quality": 82, "method": 4}
    return SquarePicture(written(small, "WEBP", options), written(large, "WEBP", options))


def opened[Made](file: IO[bytes], make: Callable[[Image.Image], Made]) -> Made:
    """What `make` makes of the picture in `file`. Raises BadImage."""
    try:
        with Image.open(file, formats=OPENED) as image:
            # Known from the head of the file, before anything is unpacked.
            if image.width * image.height > PIXELS_LIMIT:
                raise too_large()
            return make(image)
    except BadImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        # What Pillow itself refuses is larger still.
        raise too_large() from None
    except Exception:
        # Decoders fail in as many ways as files can be broken.
        raise BadImage(
            _("That file is damaged, or no picture at all."),
            _("%(name)s is damaged, or no picture at all."),
        ) from None


def upright(image: Image.Image) -> Image.Image:
    """The pixels as they are seen, and nothing else: turned as EXIF says, in the colours of the web."""
    image.load()
    upright = _in_web_colours(ImageOps.exif_transpose(image))
    # What a format puts into the file of its own accord, such as a comment, it finds here.
    upright.info = {}
    return upright


def _in_web_colours(image: Image.Image) -> Image.Image:
    """`image` in grey, RGB or RGBA, its own profile applied."""
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256, "L")
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        # A profile that cannot be read is one that nobody can follow.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            image = _in_srgb(image, profile)
    mode = "RGBA" if has_alpha else "L" if image.mode in ("1", "L") else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    own, web = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    return ImageCms.profileToProfile(image, own, web, outputMode=mode) or image


def written(image: Image.Image, format_: str, options: dict[str, Any]) -> bytes:
    """`image` as a file of that format; `options` are Pillow's."""
    content = io.BytesIO()
    image.save(content, format_, **options)
    return content.getvalue()
