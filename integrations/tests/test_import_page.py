"""/administration/import/: an archive is uploaded, moved in, and reported on."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from integrations.models import ArchiveImport
from integrations.moving import imports
from integrations.moving.messages import Messages
from integrations.tests.archives import said, slack
from rooms.models import Message
from site_config.bodies import most_of

ADDRESS = "/administration/import/"


@pytest.fixture
def administrator(alice):
    """The first of a site, who runs it."""
    alice.role = "owner"
    alice.save()
    return alice


def uploaded(path) -> dict[str, object]:
    return {"program": "slack", "archive": SimpleUploadedFile("team.zip", path.read_bytes())}


@pytest.mark.django_db(transaction=True)
def test_it_is_uploaded_and_moved_in(administrator, client_of, tmp_path):
    before = default_storage.listdir("imports")[1] if default_storage.exists("imports") else []
    path = slack(tmp_path, [said(0, "U1", "Roses", reactions=[{"name": "no-such", "users": ["U2"]}]), None])
    page = client_of(administrator).post(ADDRESS, uploaded(path), follow=True).content.decode()

    assert "<bdi>team.zip</bdi> is moved in" in page
    assert "Reactions with a sign that there is not here" in page
    assert "Could not be read" in page
    assert Message.objects.filter(body="Roses").exists()
    assert AuditEntry.objects.get(what="import").person_name == "team.zip"
    assert default_storage.listdir("imports")[1] == before


@pytest.mark.django_db(transaction=True)
def test_what_has_nothing_in_it_has_failed(administrator, client_of, tmp_path):
    page = client_of(administrator).post(ADDRESS, uploaded(slack(tmp_path)), follow=True).content.decode()
    assert "could not be moved in" in page
    assert "There is no message in that archive" in page


def test_it_is_for_who_runs_the_community(administrator, bob, client_of, tmp_path):
    path = slack(tmp_path, [said(0, "U1", "Roses")])
    assert client_of(bob).post(ADDRESS, uploaded(path)).status_code == 403
    assert not ArchiveImport.objects.exists()


def test_what_is_cancelled_ends(administrator, client_of, tmp_path, monkeypatch):
    path = slack(tmp_path, [said(number, "U1", f"Rose {number}") for number in range(1000)])
    client_of(administrator).post(ADDRESS, uploaded(path))
    job = ArchiveImport.objects.get()
    new_among, batches = Messages.new_among, []

    def cancelling(self, records):
        batches.append(1)
        if len(batches) == 2:
            client_of(administrator).post(ADDRESS, {"do": "cancel"})
        return new_among(self, records)

    monkeypatch.setattr(Messages, "new_among", cancelling)
    imports.run(job.pk)
    came = Message.objects.filter(room__name="garden").count()
    assert 0 < came < 1000
    assert "was cancelled" in client_of(administrator).get(ADDRESS).content.decode()


def test_the_command_says_what_came(alice, tmp_path, capsys):
    call_command("import_slack", slack(tmp_path, [said(0, "U1", "Roses")]))
    assert "Messages: 1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no zip"):
        call_command("import_slack", __file__)


def test_an_archive_may_be_larger_than_what_others_send(administrator, bob, settings):
    settings.IMPORT_LIMIT = settings.REQUEST_LIMIT * 2
    assert most_of(ADDRESS, administrator) > settings.IMPORT_LIMIT
    assert most_of(ADDRESS, bob) == settings.REQUEST_LIMIT
    assert most_of("/rooms/general/files/", administrator) == settings.REQUEST_LIMIT
