"""What is kept of pictures that are uploaded."""

import io
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from rooms.models import Attachment
from rooms.tests.files import attach, moving, written

pytestmark = pytest.mark.usefixtures("uploads")


def kept(attachment: Attachment) -> Any:
    """A stored picture."""
    with attachment.file.open() as file:
        return Image.open(io.BytesIO(file.read()))


def with_secrets(format_: str) -> bytes:
    """A picture with everything in it that can be besides pixels."""
    exif = Image.Exif()
    exif[0x010E] = "a secret of its owner"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.0)})
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a secret in words")
    text.add_itxt("XML:com.adobe.xmp", "<a>secret</a>")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return written(
        Image.new("P" if format_ in ("PNG", "GIF") else "RGB", (90, 60)), format_, exif=exif, pnginfo=text,
        icc_profile=profile + b"secret", comment=b"a secret in passing", xmp=b"<a>secret</a>",
    )  # fmt: skip


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_nothing_but_the_pixels_is_kept(alice, client_of, format_):
    photo = with_secrets(format_)
    assert b"secret" in photo

    attachment = attach(client_of(alice), "photo.jpg", photo + b"<script>secret</script>")

    for file in (attachment.file, attachment.thumbnail):
        with file.open() as stored:
            assert b"secret" not in stored.read()
    picture = kept(attachment)
    assert not picture.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp", "Comment"} & set(picture.info)


def test_its_colours_are_those_of_its_own_profile(alice, client_of):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # One in which red is green.
    profile = profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")
    photo = written(Image.new("RGB", (30, 20), (255, 0, 0)), "PNG", icc_profile=profile)

    picture = kept(attach(client_of(alice), "a.png", photo))

    red, green, _ = picture.getpixel((5, 5))
    assert green > 200 > red


def test_a_profile_that_nobody_can_read_is_none(alice, client_of):
    photo = written(Image.new("RGB", (30, 20), (255, 0, 0)), "PNG", icc_profile=b"no profile at all" * 20)

    assert kept(attach(client_of(alice), "a.png", photo)).getpixel((5, 5)) == (255, 0, 0)


def test_a_photograph_stands_upright(alice, client_of):
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = Image.new("RGB", (60, 30), "blue")
    photo.paste("red", (0, 0, 30, 30))

    attachment = attach(client_of(alice), "photo.jpg", written(photo, "JPEG", exif=exif, quality=95))

    picture = kept(attachment)
    assert picture.size == (attachment.width, attachment.height) == (30, 60)
    assert picture.convert("L").getpixel((15, 10)) > 60


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
def test_what_moves_still_moves(alice, client_of, format_):
    picture = kept(attach(client_of(alice), f"dot.{format_.lower()}", moving(format_, 5)))

    assert picture.n_frames == 5
    picture.seek(4)
    picture.load()
    assert picture.info["duration"] == 80
    ground = picture.convert("RGBA")
    assert (ground.getpixel((5, 7))[3], ground.getpixel((1, 7))[3]) == (255, 0)


KINDS = [("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P"), ("PNG", "RGBA"), ("PNG",
    "I;16"), ("PNG", "1"),
         ("GIF", "P"), ("WEBP", "RGB"), ("AVIF", "RGB")]  # fmt: skip


@pytest.mark.parametrize(("format_", "mode"), KINDS)
def test_every_kind_of_picture(alice, client_of, format_, mode):
    attachment = attach(client_of(alice), "a.jpg", written(Image.new(mode, (40, 20)), format_))

    assert (attachment.kind, attachment.width, attachment.height) == ("image", 40, 20)
    assert kept(attachment).size == (40, 20)
    assert Image.open(io.BytesIO(attachment.thumbnail.read())).format == "WEBP"
    attachment.thumbnail.close()


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("a.png", "a.png"),
        ("a.jpg", "a.png"),
        ("A.PNG", "A.PNG"),
        ("notes.txt", "notes.txt.png"),
        ("a", "a.png"),
    ],
)
def test_a_name_ends_as_what_it_is(alice, client_of, name, kept_as):
    assert attach(client_of(alice), name).name == kept_as


@pytest.mark.parametrize("size", [(5000, 10), (10, 5000), (1, 1), (3000, 2000)])
def test_a_thumbnail_has_a_known_size(alice, client_of, size):
    attachment = attach(client_of(alice), "a.png", written(Image.new("L", size)))

    width, height = attachment.shown_size
    assert 1 <= width <= 420
    assert 1 <= height <= 320
    page = client_of(alice).get(attachment.thumbnail_url)
    thumbnail = Image.open(io.BytesIO(b"".join(page)))
    assert thumbnail.width <= 840
    assert thumbnail.height <= 640
