"""What tests of files do all the time: some content, and the ways it takes."""

import io
import struct
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from rooms.models import Attachment, Message

HTMX = {"HX-Request": "true"}
# What is said of a file that cannot be sent.
GONE = "A file that you attached is no longer there."


def written(image: Image.Image, format_: str = "PNG", **options: Any) -> bytes:
    """`image` as a file."""
    file = io.BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


PNG = written(Image.new("RGB", (600, 300), "teal"))
WAV = b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
WAV += b"data" + struct.pack("<I", 4000) + b"\x80" * 4000
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(500)
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 8
HTML = b"<!doctype html><script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def named(name: str, content: bytes) -> Any:
    """A file as a browser sends it, with the type that its sender would like it to have."""
    return SimpleUploadedFile(name, content, content_type="image/png")


def send(client: Client, *files: Any, slug: str = "general", **fields: Any) -> Any:
    """Choose files in the composer."""
    return client.post(f"/rooms/{slug}/files/", {"files": list(files), **fields}, headers=HTMX)


def attach(client: Client, name: str = "a.png", content: bytes = PNG, slug: str = "general") -> Attachment:
    """Choose one file, which is taken."""
    response = send(client, named(name, content), slug=slug)
    assert response.status_code == 200, response.content.decode()
    return Attachment.objects.latest("pk")


def refused(client: Client, name: str, content: bytes) -> str:
    """Choose one file, which is not taken; why."""
    response = send(client, named(name, content))
    assert response.status_code == 422
    assert not Attachment.objects.exists()
    return response.content.decode()


def post(client: Client, text: str = "", *attachments: Attachment, slug: str = "general") -> Any:
    """Send the composer without a script."""
    fields = {"body": text, "attachments": [file.pk for file in attachments]}
    return client.post(f"/rooms/{slug}/", fields)


def posted(client: Client, *attachments: Attachment, text: str = "Look") -> Message:
    """The message with these files."""
    assert post(client, text, *attachments).status_code == 303
    return Message.objects.latest("pk")


def stored(uploads: Path) -> int:
    """How many files are on the disk."""
    return sum(1 for path in uploads.rglob("*") if path.is_file())


def moving(format_: str, frames: int) -> bytes:
    """A red dot that runs over a transparent ground."""
    pictures = []
    for number in range(frames):
        picture = Image.new("RGBA", (20, 20))
        ImageDraw.Draw(picture).rectangle((number, 5, number + 3, 9), fill=(255, 0, 0, 255))
        pictures.append(picture)
    options = {"disposal": 2} if format_ == "GIF" else {}
    return written(
        pictures[0], format_, save_all=True, append_images=pictures[1:], duration=80, loop=0, **options
    )
