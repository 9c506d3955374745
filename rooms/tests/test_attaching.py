"""Files go with messages, are taken back, and swept."""

import datetime

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rooms import access, tasks
from rooms.actions import uploads as upload_actions
from rooms.actions.messages_post import post_message, post_messages
from rooms.actions.messages_prepare import NewMessage
from rooms.actions.rooms import create_room
from rooms.models import Attachment, Message
from rooms.render import attachments as pieces
from rooms.tests.files import GONE, HTML, HTMX, MP4, PDF, PNG, WAV, attach, named, post, posted, send, stored
from rooms.tests.saying import say
from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("uploads")


def test_they_go_with_the_message(alice, bob, client_of):
    client = client_of(alice)
    picture, sound = attach(client), attach(client, "a.wav", WAV)

    message = posted(client, picture, sound)

    assert message.files == 2
    assert set(message.attachments.all()) == {picture, sound}
    page = client_of(bob).get("/rooms/general/").content.decode()
    assert f'src="{picture.thumbnail_url}" width="420" height="210"' in page
    assert f'<audio id="player-{sound.pk}" src="{sound.get_absolute_url()}" controls' in page


def test_a_picture_is_described(alice, bob, client_of):
    client = client_of(alice)
    first, second = attach(client), attach(client)
    fields = {"body": "two", "attachments": [first.pk, second.pk]}

    client.post(
        "/rooms/general/", fields | {f"description-{first.pk}": " The <b>sea</b>\r\nat\x00 night\u202e "}
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.description, second.description) == ("The <b>sea</b> at night", "")
    page = client_of(bob).get("/rooms/general/").content.decode()
    assert '<span class="caption" dir="auto">The &lt;b&gt;sea&lt;/b&gt; at night</span>' in page
    assert 'aria-label="Open The &lt;b&gt;sea&lt;/b&gt; at night large"' in page
    assert page.count('class="caption"') == 1


def test_what_is_played_is_described(alice, bob, client_of):
    client = client_of(alice)
    film, sound = attach(client, "a.mp4", MP4), attach(client, "a.wav", WAV)

    client.post(
        "/rooms/general/",
        {"body": "", "attachments": [film.pk, sound.pk], f"description-{film.pk}": "Waves <i>at noon</i>"},
    )

    page = client_of(bob).get("/rooms/general/").content.decode()
    assert '<span class="caption" dir="auto">Waves &lt;i&gt;at noon&lt;/i&gt;</span>' in page
    assert 'aria-label="Waves &lt;i&gt;at noon&lt;/i&gt;"' in page
    assert 'aria-label="a.wav"' in page
    # A frame of it is shown before it is played.
    assert f'src="{film.get_absolute_url()}#t=0.1" controls preload="metadata"' in page


async def test_it_is_described_through_the_socket(sockets: Sockets, alice, client_of):
    picture = await sync_to_async(attach)(await sockets.client("alice"))
    socket = await sockets("/ws/rooms/general/", "alice")
    frame = {"type": "message", "body": "", "token": "one", "attachments": str(picture.pk)}

    await socket.send(**frame, **{f"description-{picture.pk}": "s" * 500, "description-999": "nothing"})

    await socket.until('class="caption"')
    await picture.arefresh_from_db()
    assert len(picture.description) == 300


@pytest.mark.parametrize("said", [None, 7, ["a"], {"a": 1}])
async def test_what_is_no_text_describes_nothing(sockets: Sockets, alice, said):
    picture = await sync_to_async(attach)(await sockets.client("alice"))
    socket = await sockets("/ws/rooms/general/", "alice")

    await socket.send(
        type="message", body="x", attachments=str(picture.pk), **{f"description-{picture.pk}": said}
    )

    await socket.until('class="picture"')
    await picture.arefresh_from_db()
    assert picture.description == ""


def test_without_a_script_a_description_comes_back_with_what_was_refused(alice, client_of):
    client = client_of(alice)
    picture = attach(client)
    fields = {"body": "x" * 10_001, "attachments": picture.pk, f"description-{picture.pk}": "The sea"}

    page = client.post("/rooms/general/", fields).content.decode()

    assert 'aria-label="Description of a.png">The sea</textarea>' in page


def test_a_message_may_be_files_alone(alice, client_of):
    client = client_of(alice)

    assert posted(client, attach(client), text="").body == ""


def test_without_a_script_one_form_uploads_and_posts(alice, client_of):
    response = client_of(alice).post(
        "/rooms/general/", {"body": "both", "files": [named("a.png", PNG), named("b.pdf", PDF)]}
    )

    assert response.status_code == 303
    assert [file.name for file in Message.objects.get().attachments.order_by("pk")] == ["a.png", "b.pdf"]


def test_without_a_script_nothing_is_lost_when_one_is_refused(alice, client_of):
    client = client_of(alice)
    before = attach(client, "before.pdf", PDF)

    response = client.post(
        "/rooms/general/",
        {"body": "my words", "attachments": before.pk, "files": [named("a.png", PNG), named("b.png", HTML)]},
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "b.png is not what its name says." in page
    assert "my words" in page
    for file in Attachment.objects.all():
        assert f'name="attachments" value="{file.pk}"' in page
    assert Attachment.objects.count() == 2
    assert not Message.objects.exists()


@pytest.mark.parametrize("address", ["/rooms/general/preview/", "/rooms/general/"])
def test_without_a_script_they_wait_while_something_else_is_done(alice, client_of, address):
    fields = {"body": "/help", "files": [named("a.png", PNG)]}

    page = client_of(alice).post(address, fields).content.decode()

    assert f'name="attachments" value="{Attachment.objects.get().pk}"' in page


def test_one_is_taken_back(alice, client_of, uploads, django_capture_on_commit_callbacks):
    client = client_of(alice)
    file = attach(client)
    assert stored(uploads) == 2

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"/rooms/general/files/{file.pk}/remove/", headers=HTMX)

    assert response.status_code == 200
    assert not Attachment.objects.exists()
    assert stored(uploads) == 0


def test_without_a_script_the_composer_is_as_it_was_when_one_is_taken_back(alice, client_of):
    client = client_of(alice)
    file, other = attach(client), attach(client, "other.pdf", PDF)

    response = client.post(
        f"/rooms/general/files/{file.pk}/remove/",
        {"body": "my words", "attachments": [file.pk, other.pk]},
    )

    page = response.content.decode()
    assert "my words" in page
    assert f'name="attachments" value="{other.pk}"' in page
    assert f'name="attachments" value="{file.pk}"' not in page


def test_another_persons_file_is_not_mine_to_send(alice, bob, client_of):
    theirs = attach(client_of(bob))

    response = post(client_of(alice), "mine", theirs)

    assert response.status_code == 422
    assert GONE in response.content.decode()
    assert "mine" in response.content.decode()
    assert not Message.objects.exists()


def test_a_file_for_another_room_stays_there(alice, client_of):
    create_room(alice, "attic")
    client = client_of(alice)

    assert GONE in post(client, "here", attach(client, slug="attic")).content.decode()
    assert not Message.objects.exists()


@pytest.mark.parametrize("pk", ["99999999", "0"])
def test_a_file_that_is_not_there(alice, client_of, pk):
    response = client_of(alice).post("/rooms/general/", {"body": "x", "attachments": pk})

    assert GONE in response.content.decode()


@pytest.mark.parametrize("pk", ["-1", "one", "1.5", "9" * 40, "١", ""])
def test_what_is_no_id_is_nothing(alice, client_of, pk):
    assert client_of(alice).post("/rooms/general/", {"body": "x", "attachments": pk}).status_code == 303


def test_a_frame_that_names_too_many(alice, client_of, settings):
    client = client_of(alice)
    files = [attach(client, f"{number}.pdf", PDF) for number in range(3)]
    settings.FILES_PER_MESSAGE = 2

    assert "A message takes 2 files at most; that are 3." in post(client, "all", *files).content.decode()
    assert not Message.objects.exists()


def test_one_that_was_removed_meanwhile(alice, client_of):
    client = client_of(alice)
    file = attach(client)
    client.post(f"/rooms/general/files/{file.pk}/remove/", headers=HTMX)

    assert GONE in post(client, "with it", file).content.decode()


def test_one_file_is_in_one_message(alice, client_of):
    client = client_of(alice)
    file = attach(client)
    first = posted(client, file)

    second = posted(client, file, text="What I wrote before the composer was empty")

    assert (first.files, second.files) == (1, 0)
    assert Attachment.objects.get().message_id == first.pk


def test_a_file_alone_is_not_sent_twice(alice, client_of):
    client = client_of(alice)
    file = attach(client)
    posted(client, file, text="")

    response = post(client, "", file)

    assert response.status_code == 422
    assert Message.objects.count() == 1


@pytest.mark.parametrize("text", ["", "Look"])
def test_a_frame_twice_is_one_message(alice, client_of, text):
    membership = access.membership(alice.pk, "general")
    file = attach(client_of(alice))

    once = post_message(membership, text, "token", attachments=(file.pk,))
    again = post_message(membership, text, "token", attachments=(file.pk,))

    assert once.pk == again.pk
    assert again.files == 1
    assert Message.objects.count() == 1


def test_the_same_token_with_other_files_is_another_message(alice, client_of):
    client = client_of(alice)
    membership = access.membership(alice.pk, "general")

    for _ in range(2):
        post_message(membership, "", "token", attachments=(attach(client).pk,))

    assert [message.files for message in Message.objects.all()] == [1, 1]


def test_two_who_name_the_same_file_at_once(alice, client_of):
    membership = access.membership(alice.pk, "general")
    file = attach(client_of(alice))
    draft = [NewMessage(membership.pk, alice.pk, text, attachments=(file.pk,)) for text in ("one", "two")]

    post_messages(draft)

    assert [message.files for message in Message.objects.order_by("pk")] == [1, 0]


@pytest.mark.parametrize("number", [1, 12])
def test_so_many_queries_whatever_their_number(alice, client_of, number):
    client = client_of(alice)
    membership = access.membership(alice.pk, "general")
    files = [attach(client, "a.pdf", PDF) for _ in range(number)]
    drafts = [NewMessage(membership.pk, membership.person_id, "x", attachments=(file.pk,)) for file in files]
    without = [NewMessage(membership.pk, membership.person_id, "x")]

    with CaptureQueriesContext(connection) as plain:
        post_messages(without)
    with CaptureQueriesContext(connection) as rich:
        post_messages(drafts)

    # Whose they are, and whose they become.
    assert len(rich) == len(plain) + 2


def test_a_page_of_them_is_one_query_more(alice, client_of, django_assert_num_queries):
    client = client_of(alice)
    for number in range(4):
        posted(client, attach(client, "a.pdf", PDF), attach(client), text=f"number {number}")
    shown = list(Message.objects.all().rows())

    with django_assert_num_queries(1):
        assert len(pieces.render_for(shown)) == 4
    with django_assert_num_queries(0):
        assert pieces.render_for([one._replace(files=0) for one in shown]) == {}


def test_only_ones_own_is_taken_back(alice, bob, client_of):
    file = attach(client_of(alice))

    assert client_of(bob).post(f"/rooms/general/files/{file.pk}/remove/").status_code == 404
    assert Attachment.objects.exists()


def test_not_once_it_is_in_a_message(alice, client_of):
    client = client_of(alice)
    file = attach(client)
    posted(client, file)

    assert client.post(f"/rooms/general/files/{file.pk}/remove/").status_code == 404
    assert Attachment.objects.exists()


def test_not_through_another_room(alice, client_of):
    create_room(alice, "attic")
    file = attach(client_of(alice))

    assert client_of(alice).post(f"/rooms/attic/files/{file.pk}/remove/").status_code == 404
    assert Attachment.objects.exists()


def test_what_no_message_took_is_swept(
    alice, client_of, uploads, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(upload_actions, "SWEPT_AT_ONCE", 2)
    client = client_of(alice)
    in_a_message, *old, young = [attach(client, f"{number}.png") for number in range(5)]
    posted(client, in_a_message)
    long_ago = timezone.now() - upload_actions.KEPT_WAITING - datetime.timedelta(minutes=1)
    Attachment.objects.exclude(pk=young.pk).update(uploaded_at=long_ago)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_files.call_local()

    assert set(Attachment.objects.all()) == {in_a_message, young}
    assert stored(uploads) == 4
    assert len(old) == 3


def test_the_files_of_a_room_go_with_it(alice, client_of, uploads, django_capture_on_commit_callbacks):
    client = client_of(alice)
    posted(client, attach(client))

    with django_capture_on_commit_callbacks(execute=True):
        access.membership(alice.pk, "general").room.delete()

    assert stored(uploads) == 0


def test_a_file_that_cannot_be_stored_leaves_nothing(alice, client_of, uploads, monkeypatch):
    def full(*args: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    client = client_of(alice, raise_request_exception=False)

    assert send(client, named("a.png", PNG)).status_code == 500
    assert not Attachment.objects.exists()
    assert stored(uploads) == 0


def test_files_are_where_the_setting_says(alice, client_of, uploads):
    attachment = attach(client_of(alice))

    assert (uploads / attachment.file.name).stat().st_size == attachment.size
    assert uploads == settings.MEDIA_ROOT
    assert say(alice, "general", "no files").files == 0
