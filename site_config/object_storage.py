"""Where files are kept that are not on a disk: FILES_URL, read once, as Django's storages are told."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FORM = "FILES_URL is of the form s3://BUCKET/PREFIX?endpoint=https://…&region=…"
# What an address may say of a bucket, and what of it django-storages is told.
KNOWN = {"endpoint": "endpoint_url", "region": "region_name", "addressing": "addressing_style"}
ADDRESSINGS = ("path", "virtual", "auto")
# Services other than Amazon's have no region, and a signature has to name one.
ANY_REGION = "us-east-1"


def files_storage(url: str) -> dict[str, Any]:
    """The storage of files that `url` names, as in STORAGES; the disk for an empty one.

    Raises ImproperlyConfigured with a sentence, which has nothing of `url` in it that may be a secret.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    place = urlsplit(url)
    if place.username or place.password:
        raise ImproperlyConfigured(
            "FILES_URL has no key in it: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are for that."
        )
    if place.scheme != "s3" or not place.netloc or place.fragment:
        raise ImproperlyConfigured(f"{FORM}.")
    said = dict(parse_qsl(place.query, keep_blank_values=True))
    if unknown := said.keys() - KNOWN.keys():
        raise ImproperlyConfigured(f"{FORM}; it says nothing of {', '.join(sorted(unknown))}.")
    options = {KNOWN[name]: value for name, value in said.items() if value}
    _complete(options)
    return {
        "BACKEND": "site_config.s3.ObjectStorage",
        "OPTIONS": {"bucket_name": place.netloc, "location": unquote(place.path).strip("/"), **options},
    }


def _complete(options: dict[str, str]) -> None:
    """What follows from what is said. Raises ImproperlyConfigured."""
    if endpoint := options.get("endpoint_url"):
        if urlsplit(endpoint).scheme not in ("http", "https") or not urlsplit(endpoint).hostname:
            raise ImproperlyConfigured("The endpoint in FILES_URL begins with https:// or http://.")
        options.setdefault("region_name", ANY_REGION)
        # A server of one's own seldom has a name in the DNS for each bucket.
        options.setdefault("addressing_style", "path")
    if options.get("addressing_style", "auto") not in ADDRESSINGS:
        raise ImproperlyConfigured(f"The addressing in FILES_URL is one of {', '.join(ADDRESSINGS)}.")
