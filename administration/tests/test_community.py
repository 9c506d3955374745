"""/administration/community/: what it is called and looks like, and how much is too much."""

import io

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import AuditEntry, Community, Person
from rooms.models import Room
from rooms.tests.files import HTMX, named

ADDRESS = "/administration/community/"
FORM = {"name": "The  Crew", "policy": "invitation", "rooms_by_all": "yes", "messages_a_minute": "600"}


def change(client, **said: str):
    return client.post(ADDRESS, FORM | said)


@pytest.fixture
def client(client_of, owner):
    return client_of(owner)


def test_it_is_changed(client):
    answer = change(client, welcome="Be kind.", accent="sea", mail_domains="@Example.ORG", site_share_mb="5")
    assert answer.status_code == 303
    community = Community.objects.get()
    assert (community.name, community.signup_open, community.accent) == ("The Crew", False, "sea")
    assert (community.domains, community.site_share_mb) == (["example.org"], 5)
    page = client.get(ADDRESS).content.decode()
    assert "The community is saved." in page
    assert '<html lang="en" class="accent-sea ">' in page
    assert "mail domains" in AuditEntry.objects.get().details


def test_nothing_changed_is_not_written_down(client):
    change(client)
    change(client)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(("policy", "stored"), [("open", (True, False)), ("approval", (True, True))])
def test_who_may_come_in(client, policy, stored):
    change(client, policy=policy)
    community = Community.objects.get()
    assert (community.signup_open, community.needs_approval) == stored


@pytest.mark.parametrize(
    "said",
    [
        {"name": ""}, {"name": "x" * 61}, {"name": "\u200d"}, {"policy": "nobody"}, {"accent": "red;"},
        {"mail_domains": "no domain"}, {"mail_domains": "<b>.org"}, {"messages_a_minute": "0"},
        {"messages_a_minute": "many"}, {"file_limit_mb": "100000"}, {"file_limit_mb": "0"},
        {"person_share_mb": "-1"}, {"rooms_by_all": ""},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_kept_in_the_form(client, said):
    answer = change(client, welcome="Be kind.", **said)
    assert answer.status_code == 422
    assert "Be kind." in answer.content.decode()
    assert Community.objects.get().name == "Parley"


def test_the_words_of_welcome_greet_who_comes(client, db):
    from django.test import Client

    change(client, policy="open", welcome="Be <kind>.")
    assert "Be &lt;kind&gt;." in Client().get("/accounts/signup/").content.decode()


def test_the_old_address_leads_there(client):
    assert client.get("/accounts/community/")["Location"] == ADDRESS


# -- The picture -------------------------------------------------------------------------


def picture(size: tuple[int, int] = (600, 400)) -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", size, "green").save(content, "PNG")
    return SimpleUploadedFile("logo.png", content.getvalue(), "image/png")


@pytest.fixture
def uploads(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_picture_stands_for_it(client, uploads, django_capture_on_commit_callbacks):
    from django.test import Client

    assert client.post(f"{ADDRESS}logo/", {"logo": picture()}).status_code == 303
    address = Community.objects.get().logo_url
    assert address in client.get("/rooms/general/").content.decode()
    shown = Client().get(address)
    assert shown["Content-Type"] == "image/webp"
    assert Image.open(io.BytesIO(b"".join(shown))).size == (192, 128)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{ADDRESS}logo/", {"remove": "1"})
    assert not [path for path in uploads.rglob("*") if path.is_file()]
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("logo", ["", named("logo.png", b"<script>"), named("logo.svg", b"<svg/>")])
def test_another_thing_is_no_picture(client, uploads, logo):
    answer = client.post(f"{ADDRESS}logo/", {"logo": logo})
    assert answer.status_code == 422
    assert not Community.objects.get().logo


# -- Rooms -------------------------------------------------------------------------------


def test_the_rooms_are_listed_and_chosen_for_new_people(client, queries, person):
    few = queries(client, "/administration/rooms/")
    Room.objects.bulk_create(Room(name=f"r{n}", slug=f"r{n}", kind="closed") for n in range(60))
    Room.objects.create(name="secret talk", slug="secret", kind="direct")
    assert queries(client, "/administration/rooms/") == few
    page = client.get("/administration/rooms/").content.decode()
    assert 'href="/rooms/general/settings/"' in page
    assert "secret talk" not in client.get("/administration/rooms/?q=secret").content.decode()
    client.post("/administration/rooms/r7/", {"found": "on"})
    client.post("/administration/rooms/general/", {"found": "off"})
    assert client.post("/administration/rooms/secret/", {"found": "on"}).status_code == 404
    dora = person("dora")
    assert [room.slug for room in dora.rooms.all()] == ["r7"]


# -- Limits ------------------------------------------------------------------------------


def test_what_is_full_is_said(client, uploads, bob, client_of):
    his = client_of(bob)

    def upload(size: int) -> str:
        file = named("a.bin", b"\x01\x02" * (size // 2))
        return his.post("/rooms/general/files/", {"files": file}, headers=HTMX).content.decode()

    Community.objects.update(file_limit_mb=1)
    assert "1.0\xa0MB is the most" in upload(2 * 1024 * 1024)
    Community.objects.update(file_limit_mb=None, person_share_mb=1)
    assert "your files have" in upload(2 * 1024 * 1024)
    Community.objects.update(person_share_mb=None, site_share_mb=1)
    assert "all files here together" in upload(2 * 1024 * 1024)
    Community.objects.update(site_share_mb=None)
    assert "does not fit" not in upload(2 * 1024 * 1024)


def test_how_much_one_may_say(client, bob, client_of):
    Community.objects.update(messages_a_minute=1)
    his = client_of(bob)
    assert his.post("/rooms/general/", {"body": "one"}).status_code == 303
    assert "That was a lot" in his.post("/rooms/general/", {"body": "two"}).content.decode()


# -- The first hour ----------------------------------------------------------------------


def test_an_empty_room_proposes_what_to_do(client, owner):
    page = client.get("/rooms/general/").content.decode()
    assert f"/join/{Community.objects.get().join_token}/" in page
    assert "<svg" in page
    assert all(words in page for words in ("Invite people", "Make a second room", "Say hello"))


def test_what_is_done_is_not_proposed(client, owner, person):
    person("dora")
    Room.objects.create(name="garden", slug="garden")
    page = client.get("/rooms/general/").content.decode()
    assert "Invite people" not in page
    assert "Make a second room" not in page
    assert "Say hello" in page
    client.post("/rooms/general/", {"body": "Hello"})
    assert "How to begin" not in client.get("/rooms/general/").content.decode()


def test_others_are_proposed_nothing_of_that(client_of, bob):
    page = client_of(bob).get("/rooms/general/").content.decode()
    assert "Invite people" not in page
    assert "Say hello, or what this room is for." in page


def test_the_second_person_is_welcomed_by_name(client_of, owner, bob, person):
    Person.objects.filter(pk=bob.pk).update(display_name="Bob <B>")
    page = client_of(bob).get("/rooms/general/").content.decode()
    welcome = BeautifulSoup(page, "html.parser").find(class_="welcome")
    assert welcome
    words = " ".join(welcome.get_text().split())
    assert words == "Welcome, Bob <B>! There are two of you now: olga is here already."
    person("dora")
    assert "There are two of you" not in client_of(bob).get("/rooms/general/").content.decode()


def test_who_founds_it_is_its_owner(db):
    from django.test import Client

    form = {"community": "Crew", "username": "olga", "email": "", "password1": "correct horse 9"}
    Client().post("/welcome/", form)
    assert Person.objects.get().role == "owner"
