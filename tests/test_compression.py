"""Answers that are packed on their way: which, how, for whom, and that their size says little."""

import gzip
import sys

import pytest
from django.test import Client

from rooms.tests.files import attach

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ADDRESS = "/rooms/general/"
UNPACK = {"gzip": gzip.decompress, "zstd": zstd.decompress}


@pytest.fixture
def client(alice, client_of) -> Client:
    """One who is signed in."""
    return client_of(alice)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate", "gzip"),
        ("ZSTD;q=0.5, gzip", "zstd"),
        ("zstd;q=0, gzip", "gzip"),
        ("zstd; q=0.000, gzip ; q=0.1", "gzip"),
    ],
)
def test_a_page_is_packed_as_a_browser_takes_it(client, accepted, coding):
    packed = client.get(ADDRESS, headers={"accept-encoding": accepted})

    assert packed["Content-Encoding"] == coding
    assert packed["Content-Length"] == str(len(packed.content))
    assert "Accept-Encoding" in packed["Vary"]
    page = UNPACK[coding](packed.content)
    assert page.rstrip().endswith(b"</html>")
    assert len(packed.content) < len(page) / 2


@pytest.mark.parametrize("accepted", ["", "identity", "br, xgzip", "zstd;q=0,gzip;q=0.0"])
def test_it_goes_as_it_is_to_whoever_takes_no_coding_of_ours(client, accepted):
    plain = client.get(ADDRESS, headers={"accept-encoding": accepted})

    assert "Content-Encoding" not in plain
    assert "Accept-Encoding" in plain["Vary"]
    assert plain.content.rstrip().endswith(b"</html>")


def test_a_fragment_is_packed_as_well(client):
    packed = client.get("/rooms/", headers={"HX-Request": "true", "accept-encoding": "zstd"})

    assert packed["Content-Encoding"] == "zstd"


@pytest.mark.parametrize("coding", UNPACK)
def test_the_same_page_is_of_another_size_by_chance(client, coding):
    """The pages differ besides, in their nonces and tokens, by some bytes."""
    sizes = [len(client.get(ADDRESS, headers={"accept-encoding": coding}).content) for _ in range(20)]

    assert max(sizes) - min(sizes) > 30


def test_what_names_a_version_of_it_does_so_weakly(client):
    address, takes = "/api/v1/openapi.json", {"accept-encoding": "zstd"}
    packed = client.get(address, headers=takes)

    assert packed["Content-Encoding"] == "zstd"
    assert packed["ETag"].startswith('W/"')
    again = client.get(address, headers=takes | {"if-none-match": packed["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_small_is_sent_as_it_is(client):
    answer = client.get("/api/v1/nothing-of-the-kind", headers={"accept-encoding": "zstd, gzip"})

    assert 100 < len(answer.content) < 500
    assert "Content-Encoding" not in answer


def test_files_that_people_attach_are_sent_as_they_are(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    attachment = attach(client, "page.html", b"<p>Something</p>" * 100)
    whole = client.get(attachment.get_absolute_url(), headers={"accept-encoding": "zstd, gzip"})
    part = client.get(
        attachment.get_absolute_url(), headers={"accept-encoding": "zstd, gzip", "range": "bytes=0-999"}
    )

    assert (whole.status_code, part.status_code) == (200, 206)
    assert "Content-Encoding" not in whole
    assert "Content-Encoding" not in part
    assert b"".join(part) == b"<p>Something</p>" * 62 + b"<p>Somet"


@pytest.mark.django_db
def test_probes_are_sent_as_they_are():
    assert "Content-Encoding" not in Client().get("/healthz", headers={"accept-encoding": "gzip"})
