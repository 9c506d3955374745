"""`/files/<id>/view/`: a picture, large, and the ways to its neighbours."""

import pytest
from django.urls import reverse

from hypermedia.fragments import UNLESS_ONE_WRITES
from rooms.access import membership
from rooms.actions.members import leave_room
from rooms.actions.messages_delete import remove_message
from rooms.models import Attachment, Message
from rooms.tests.files import HTMX, PDF, attach, post, posted
from rooms.tests.saying import closed_room

pytestmark = pytest.mark.usefixtures("uploads")


def view(picture: Attachment) -> str:
    """The address of a picture, large."""
    return reverse("picture", args=[picture.pk])


@pytest.fixture
def three(alice, client_of) -> list[Attachment]:
    """Three pictures in two messages, and what is none among them."""
    client = client_of(alice)
    first, paper, second, third = attach(client), attach(client, "a.pdf", PDF), attach(client), attach(client)
    posted(client, first, paper)
    posted(client, second, third)
    return [first, second, third]


def test_a_page_with_the_ways_to_its_neighbours(three, bob, client_of):
    first, second, third = three

    page = client_of(bob).get(view(second)).content.decode()

    assert f'<img id="viewer-{second.pk}" src="{second.get_absolute_url()}" width="600" height="300"' in page
    assert f'<a id="picture-previous" class="icon-button key0ArrowLeft" href="{view(first)}"' in page
    assert f'<a id="picture-next" class="icon-button key0ArrowRight" href="{view(third)}"' in page
    second.refresh_from_db()
    assert f'href="/rooms/general/messages/{second.message_id}/#message-{second.message_id}"' in page


def test_to_htmx_what_the_viewer_shows(three, bob, client_of):
    html = client_of(bob).get(view(three[0]), headers=HTMX).content.decode()

    assert html.startswith(f'<hx-partial hx-target="{UNLESS_ONE_WRITES}#viewer" hx-swap="innerMorph">')
    assert "picture-previous" not in html
    assert f'id="picture-next" class="icon-button key0ArrowRight" href="{view(three[1])}"' in html
    assert '<form method="dialog"' in html
    assert "<html" not in html


def test_so_many_queries_whatever_their_number(three, bob, client_of, django_assert_num_queries):
    client = client_of(bob)
    client.get(view(three[1]), headers=HTMX)
    with django_assert_num_queries(5):
        client.get(view(three[1]), headers=HTMX)
    for _ in range(10):
        posted(client_of(bob), attach(client_of(bob)))
    with django_assert_num_queries(5):
        client.get(view(three[1]), headers=HTMX)


def test_a_message_of_a_thousand_pictures_is_no_more_queries(
    three, bob, client_of, django_assert_num_queries
):
    first = Attachment.objects.get(pk=three[0].pk)
    words = "The sea <script> " * 10
    Attachment.objects.bulk_create(
        Attachment(
            message_id=first.message_id, room_id=first.room_id, uploader_id=first.uploader_id, name="b.png",
            kind="image", file=first.file, thumbnail=first.thumbnail, width=9, height=4000, size=9,
            description=words,
        )
        for _ in range(1000)
    )  # fmt: skip
    client = client_of(bob)
    client.get(view(three[1]), headers=HTMX)

    with django_assert_num_queries(5):
        html = client.get(view(three[1]), headers=HTMX).content.decode()
    page = client.get("/rooms/general/").content.decode()

    assert f'href="{view(three[2])}"' in html
    # Together with what was there: so many, each less than a kilobyte besides its words, twice.
    assert page.count('class="picture"') == 1003
    assert len(page) < 1003 * (1024 + 2 * len(words) * 2) + 64 * 1024


def test_what_was_deleted_is_no_neighbour(three, bob, client_of):
    remove_message(Message.objects.get(attachments=three[0].pk))

    assert "picture-previous" not in client_of(bob).get(view(three[1]), headers=HTMX).content.decode()
    gone = client_of(bob).get(view(three[0]), headers=HTMX)
    assert gone.status_code == 404
    assert "That picture is not there any longer." in gone.content.decode()
    assert client_of(bob).get(view(three[0])).status_code == 404


def test_those_of_other_rooms_are_no_neighbours(three, alice, bob, client_of):
    closed_room(alice)
    client = client_of(alice)
    secret = attach(client, slug="board")
    post(client, "for members", secret, slug="board")

    assert "picture-next" not in client.get(view(three[2]), headers=HTMX).content.decode()
    alone = client.get(view(secret), headers=HTMX).content.decode()
    assert "picture-next" not in alone
    assert "picture-previous" not in alone
    assert client_of(bob).get(view(secret)).status_code == 404


def test_one_that_waits_is_its_owners_alone(three, alice, bob, client_of):
    waiting = attach(client_of(alice))

    page = client_of(alice).get(view(waiting)).content.decode()

    assert "picture-previous" not in page
    assert 'href="/rooms/general/"' in page
    assert client_of(bob).get(view(waiting)).status_code == 404


def test_not_for_who_left(three, bob, client_of):
    leave_room(membership(bob.pk, "general"))

    assert client_of(bob).get(view(three[0])).status_code == 404


def test_what_is_no_picture_is_not_seen(alice, client_of):
    client = client_of(alice)
    paper = attach(client, "a.pdf", PDF)
    posted(client, paper)

    assert client.get(view(paper)).status_code == 404


def test_a_description_is_said_in_its_place(alice, client_of):
    client = client_of(alice)
    picture = attach(client)
    post(client, "see", picture)
    Attachment.objects.update(description='The "sea" <b>')

    html = client.get(view(picture), headers=HTMX).content.decode()

    assert 'alt="The &quot;sea&quot; &lt;b&gt;"' in html
    assert '<span class="caption">The &quot;sea&quot; &lt;b&gt;</span>' in html
