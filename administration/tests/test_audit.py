"""/administration/audit/: what was done to keep order."""

import pytest

from accounts.models import AuditEntry

AUDIT = "/administration/audit/"


@pytest.fixture
def done(owner, administrator, bob, do) -> None:
    do(owner, bob, "mute", minutes="60")
    do(administrator, bob, "ban", why="spam & noise")


def test_who_did_what_to_whom(client_of, owner, done):
    page = client_of(owner).get(AUDIT).content.decode()
    assert page.index("<strong><bdi>adam</bdi></strong> banned") < page.index(
        "<strong><bdi>olga</bdi></strong> muted"
    )
    assert "spam &amp; noise" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "spam"}, {"adam"}), ({"q": "olga bob"}, {"olga"}), ({"what": "mute"}, {"olga"}),
        ({"q": "nothing"}, set()), ({"what": "nothing"}, {"adam", "olga"}), ({"q": "\x00"}, {"adam", "olga"}),
    ],
)  # fmt: skip
def test_it_is_searched(client_of, owner, done, asked, found):
    page = client_of(owner).get(AUDIT, asked).content.decode()
    assert {name for name in ("adam", "olga") if f"<strong><bdi>{name}</bdi></strong>" in page} == found


def test_a_page_costs_the_same_for_much(client_of, owner, queries):
    client = client_of(owner)
    AuditEntry.objects.create(actor_name="x", what="ban", person=owner)
    few = queries(client, AUDIT)
    AuditEntry.objects.bulk_create(AuditEntry(actor_name="x", what="ban", person=owner) for _ in range(120))
    assert queries(client, AUDIT) == few


def test_it_outlives_who_is_in_it(client_of, owner, done, bob):
    bob.delete()
    assert "bob" in client_of(owner).get(AUDIT).content.decode()
