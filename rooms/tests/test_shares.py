"""What one person keeps has a limit, and says so where it is reached."""

import pytest
from django.urls import reverse

from rooms.actions import drafts
from rooms.actions.drafts import save_draft
from rooms.actions.messages_edit import edit_state
from rooms.actions.rejected import Rejected
from rooms.actions.rooms import create_room
from rooms.models import Attachment, Draft, Membership
from rooms.tests.files import PDF, attach, named, posted, send
from rooms.tests.saying import say
from rooms.tests.test_versions import edit


@pytest.fixture(autouse=True)
def uploads(tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def test_files_of_one_person_have_a_limit_together(alice, bob, client_of, settings) -> None:
    say(alice, "general", "hello")
    say(bob, "general", "hello")
    settings.UPLOAD_QUOTA = 3 * len(PDF)
    client = client_of(alice)
    posted(client, attach(client, "a.pdf", PDF))
    attach(client, "b.pdf", PDF)
    attach(client, "c.pdf", PDF)

    refused = send(client, named("d.pdf", PDF))

    assert refused.status_code == 422
    assert "d.pdf does not fit: your files have " in refused.content.decode()
    assert Attachment.objects.count() == 3
    # It is theirs alone, and what is deleted counts no longer.
    attach(client_of(bob), "e.pdf", PDF)
    Attachment.objects.filter(name="b.pdf").delete()
    attach(client, "d.pdf", PDF)


def test_there_is_none_where_the_setting_says_so(alice, client_of, settings) -> None:
    say(alice, "general", "hello")
    settings.UPLOAD_QUOTA = 0
    attach(client_of(alice), "a.pdf", PDF)


def test_a_message_is_edited_only_so_often(alice, client_of, settings) -> None:
    settings.EDITS_PER_MESSAGE = 2
    message = say(alice, "general", "one")
    edit(message, "two")
    edit(message, "three")
    with pytest.raises(Rejected, match="edited 2 times, as often as one may"):
        edit(message, "four")

    message.refresh_from_db()
    seen = edit_state(message)
    address = reverse("message_edit", args=["general", message.pk])
    answer = client_of(alice).post(address, {"body": "four", "seen": seen})

    assert answer.status_code == 422
    assert "Write a new one." in answer.content.decode()
    assert message.versions.count() == 2


def test_drafts_are_kept_in_so_many_rooms(alice, monkeypatch) -> None:
    monkeypatch.setattr(drafts, "DRAFT_LIMIT", 2)
    places = [
        Membership.objects.get(room=create_room(alice, name), person=alice)
        for name in ("one", "two", "three")
    ]
    save_draft(places[0], "x")
    save_draft(places[1], "x")
    with pytest.raises(Rejected, match="drafts in 2 rooms already"):
        save_draft(places[2], "x")

    save_draft(places[1], "longer")
    save_draft(places[0], "")
    save_draft(places[2], "x")
    assert Draft.objects.count() == 2
