"""What a script has to be, for the browser to run it: https://www.w3.org/TR/sri-2/."""

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
@cache
def integrity(name: str) -> str:
    """The digest of a static file as it is served, such as `sha256-…`. Raises FileNotFoundError."""
    return f"sha256-{b64encode(hashlib.sha256(served(name)).digest()).decode()}"


def served(name: str) -> bytes:
    """The content of the file at the address that `{% static %}` gives."""
    if hasattr(staticfiles_storage, "stored_name"):
        with staticfiles_storage.open(staticfiles_storage.stored_name(name)) as file:
            return file.read()
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"{static(name)} is nowhere; bin/setup brings it.")
    return Path(found).read_bytes()
