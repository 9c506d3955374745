"""`/rooms/<slug>/messages/<id>/`: one message, and what one may do with it."""

import datetime

import pytest

from hypermedia.fragments import UNLESS_ONE_WRITES
from rooms import access
from rooms.actions.messages_delete import delete_message, remove_message
from rooms.actions.messages_edit import edit_message
from rooms.actions.messages_post import post_message
from rooms.actions.pins import pin_message
from rooms.actions.reactions import toggle_reaction
from rooms.actions.rejected import Rejected
from rooms.actions.rooms import create_room
from rooms.actions.saved import save_message
from rooms.models import Membership, Mention, Message, Preview, Reaction, Saved, Version
from rooms.tests.saying import say

DELETE = "Delete this message"
HTMX = {"HX-Request": "true"}


def answer(person, message: Message, text: str = "an answer") -> Message:
    """Let `person` answer a message."""
    membership = access.membership(person.pk, message.room.slug)
    posted = post_message(membership, text, reply_to=message.pk)
    return Message.objects.select_related("room", "author").get(pk=posted.pk)


@pytest.mark.parametrize(
    "path",
    [
        "/rooms/general/", "/search/?q=@alice", "/saved/", "/mentions/", "/rooms/general/pins/",
        "/rooms/general/messages/{}/versions/", "/rooms/general/history/?around={}",
    ],
)  # fmt: skip
def test_has_ones_own_time_on_every_page(alice, bob, client_of, path):
    message = say(bob, "general", "For @alice")
    member = access.membership(alice.pk, "general")
    pin_message(member, message)
    save_message(member, message)
    at = datetime.datetime(2026, 5, 1, 23, 30, tzinfo=datetime.UTC)
    Message.objects.filter(pk=message.pk).update(posted_at=at)
    alice.time_zone = "Asia/Tokyo"
    alice.save()

    html = client_of(alice).get(path.format(message.pk)).content.decode()

    assert "08:30</" in html
    assert "23:30" not in html
    assert "\0" not in html


def row_of(html: str, message: Message) -> str:
    """The row of a message on a page."""
    start = html.index(f'<li id="message-{message.pk}"')
    return html[start : html.index("</li>", start)]


def test_shows_the_message(alice, bob, client_of):
    message = say(alice, "general", "Hello")

    response = client_of(bob).get(message.get_absolute_url())

    assert response.status_code == 200
    assert f'id="message-{message.pk}"' in response.content.decode()


def test_shows_it_among_the_others_with_its_menu_below_it(alice, bob, client_of):
    before, message, after = (say(alice, "general", text) for text in ("before", "this", "after"))

    html = client_of(bob).get(message.get_absolute_url()).content.decode()

    places = [f'id="message-{before.pk}"', f'id="message-{message.pk}"', f'id="menu-{message.pk}"']
    assert sorted([*places, f'id="message-{after.pk}"'], key=html.index) == [
        *places,
        f'id="message-{after.pk}"',
    ]
    assert f"#message-{message.pk}{{background" in html


def test_an_answer_is_written_elsewhere_where_there_is_no_composer(alice, client_of):
    message = say(alice, "general", "Hello")
    client = client_of(alice)
    elsewhere = f'{message.get_absolute_url()}reply/" aria-keyshortcuts="r" autofocus hx-ignore'

    in_room = client.get(message.get_absolute_url(), headers=HTMX).content.decode()
    in_history = client.get(message.get_absolute_url(), headers=HTMX | {"In-History": "true"})

    assert elsewhere not in in_room
    assert elsewhere in in_history.content.decode()
    assert "In-History" in client.get("/rooms/general/history/").content.decode()
    assert "In-History" not in client.get("/rooms/general/").content.decode()


def test_to_htmx_its_menu_for_the_popover(alice, client_of):
    message = say(alice, "general", "Hello")

    html = client_of(alice).get(message.get_absolute_url(), headers=HTMX).content.decode()

    assert html.startswith(f'<hx-partial hx-target="{UNLESS_ONE_WRITES}#menu" hx-swap="innerHTML">')
    assert f'id="menu-{message.pk}"' in html
    # What may be done at once; deleting it is asked about.
    assert "?delete=" in html
    assert DELETE not in html


def test_with_delete_it_asks_whether_to(alice, bob, client_of):
    message = say(alice, "general", "Hello")
    asking = f"{message.get_absolute_url()}?delete="

    for headers in ({}, HTMX):
        assert DELETE in client_of(alice).get(asking, headers=headers).content.decode()
        # Who may not is asked nothing.
        assert DELETE not in client_of(bob).get(asking, headers=headers).content.decode()
    assert Message.objects.visible().exists()


def test_the_menu_has_what_one_may_do(alice, bob, client_of):
    message = say(bob, "general", "Hello")
    mine, theirs = (client_of(one).get(message.get_absolute_url()).content.decode() for one in (bob, alice))

    for what in ("edit/", "pin/", "save/", "reply/", "unread/", "reactions/"):
        assert f'"{message.get_absolute_url()}{what}"' in mine
    assert f'"{message.get_absolute_url()}edit/"' not in theirs
    assert f'"{message.get_absolute_url()}versions/"' not in mine


def test_the_menu_takes_previews_away_for_who_may(alice, bob, client_of):
    message = say(bob, "general", "https://example.org")
    preview = Preview.objects.create(message=message, url="https://example.org", title="An <example>")
    address = f"{message.get_absolute_url()}previews/{preview.pk}/remove/"

    html = client_of(bob).get(message.get_absolute_url(), headers=HTMX).content.decode()
    assert address in html
    assert "An &lt;example&gt;" in html

    html = client_of(bob).post(address, headers=HTMX).content.decode()
    assert f'hx-target="#menu:has(#menu-{message.pk})" hx-swap="innerHTML"></hx-partial>' in html
    assert address not in client_of(bob).get(message.get_absolute_url(), headers=HTMX).content.decode()


def test_its_author_deletes_it(alice, bob, client_of):
    message = say(bob, "general", "regretted")
    client = client_of(bob)
    assert DELETE in client.get(f"{message.get_absolute_url()}?delete=").content.decode()

    response = client.post(message.get_absolute_url())

    assert (response.status_code, response["Location"]) == (303, "/rooms/general/")
    assert not Message.objects.visible().exists()


def test_a_trace_without_its_words_stays(alice, client_of):
    message = say(alice, "general", "regretted", token="a")

    client_of(alice).post(message.get_absolute_url())

    trace = Message.objects.get()
    # What it was sent with stays, so that it does not come back from a page that had not heard of it.
    assert (trace.body, trace.token, trace.first_revision, trace.revision) == ("", message.token, 1, 2)
    assert trace.deleted_at is not None
    assert trace.room.revision == 2


def test_all_that_belongs_to_it_goes_with_it(alice, bob, client_of):
    message = say(alice, "general", "@bob https://example.org")
    edit_message(alice.memberships.get(), message, "@bob regretted", "")
    toggle_reaction(bob.memberships.select_related("room").get(), message, "👍")
    pin_message(bob.memberships.get(), message)
    save_message(access.membership(bob.pk, "general"), message)
    Preview.objects.create(message=message, url="https://example.org", title="Example")

    client_of(alice).post(message.get_absolute_url())

    for kind in (Version, Reaction, Mention, Saved, Preview):
        assert not kind.objects.exists(), kind
    trace = Message.objects.get()
    assert (trace.html, trace.edited_at, trace.pinned_at) == ("", None, None)


def test_where_it_was_answered_a_quiet_trace_is_seen(alice, bob, client_of):
    message = say(alice, "general", "regretted")
    answer(bob, message)
    client = client_of(bob)

    client_of(alice).post(message.get_absolute_url())

    html = client.get("/rooms/general/").content.decode()
    row = row_of(html, message)
    assert "A message was deleted." in row
    assert "regretted" not in html
    assert "alice" not in row
    assert "data-author" not in row
    assert client.get(message.get_absolute_url()).status_code == 404


def test_where_it_was_not_answered_its_row_goes(alice, client_of):
    message = say(alice, "general", "regretted")
    client = client_of(alice)

    client.post(message.get_absolute_url())

    assert f'id="message-{message.pk}"' not in client.get("/rooms/general/").content.decode()


def test_an_answer_within_a_thread_leaves_one_too(alice, bob, client_of):
    first = say(alice, "general", "first")
    second = answer(bob, first, "second")
    answer(alice, second, "third")
    client = client_of(bob)

    client.post(second.get_absolute_url())

    html = client.get("/rooms/general/").content.decode()
    assert "A message was deleted." in row_of(html, second)
    first.refresh_from_db()
    assert (first.replies, first.revision) == (1, 4)


def test_who_speaks_after_a_trace_is_named(alice, bob):
    message, after = say(alice, "general", "regretted"), say(alice, "general", "after it")
    answer(bob, message)
    assert not after.starts_group

    remove_message(message)

    after.refresh_from_db()
    assert after.starts_group
    remove_message(Message.objects.select_related("room").last())
    assert say(alice, "general", "soon").starts_group is False


def test_nobody_answers_a_trace(alice, bob):
    message = say(alice, "general", "regretted")
    answer(bob, message)
    remove_message(message)

    with pytest.raises(Rejected, match="no longer there"):
        answer(bob, message)


def test_to_htmx_the_menu_goes_and_the_row_for_everybody(alice, client_of):
    message = say(alice, "general", "regretted")

    response = client_of(alice).post(message.get_absolute_url(), headers=HTMX)

    assert response.status_code == 200
    assert response.content.decode() == (
        f'<hx-partial hx-target="#menu:has(#menu-{message.pk})" hx-swap="innerHTML"></hx-partial>'
    )


def test_to_htmx_why_not_is_a_sentence(alice, bob, client_of):
    message = say(alice, "general", "mine")

    response = client_of(bob).post(message.get_absolute_url(), headers=HTMX)

    assert response.status_code == 422
    assert "Only its author, or a moderator, can delete that message." in response.content.decode()
    assert 'hx-target="#notices"' in response.content.decode()


def test_a_moderator_deletes_it(alice, bob, client_of):
    message = say(bob, "general", "unkind")
    assert Membership.objects.get(person=alice).role == Membership.Role.MODERATOR

    client_of(alice).post(message.get_absolute_url())

    assert not Message.objects.visible().exists()


def test_an_administrator_deletes_it(alice, bob, person, client_of):
    message = say(bob, "general", "unkind")

    client_of(person("dora", is_superuser=True)).post(message.get_absolute_url())

    assert not Message.objects.visible().exists()


def test_others_do_not(alice, bob, client_of):
    message = say(alice, "general", "mine")
    client = client_of(bob)
    assert DELETE not in client.get(message.get_absolute_url()).content.decode()

    response = client.post(message.get_absolute_url(), follow=True)

    assert "Only its author, or a moderator, can delete that message." in response.content.decode()
    assert Message.objects.get().body == "mine"


def test_a_moderator_of_another_room_does_not(alice, bob, client_of):
    create_room(bob, "attic")
    message = say(alice, "general", "mine")

    client_of(bob).post(message.get_absolute_url())

    assert Message.objects.visible().exists()


def test_the_one_after_it_opens_its_day_and_its_group(alice, client_of):
    first, second = say(alice, "general", "one"), say(alice, "general", "two")
    assert not second.starts_group

    client_of(alice).post(first.get_absolute_url())

    second.refresh_from_db()
    assert (second.previous_at, second.starts_group, second.revision) == (None, True, 3)


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_through_another_room(alice, client_of, method):
    create_room(alice, "attic")
    message = say(alice, "general", "Hello")

    response = getattr(client_of(alice), method)(f"/rooms/attic/messages/{message.pk}/")

    assert response.status_code == 404
    assert Message.objects.visible().exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_for_who_is_not_in_the_room(alice, bob, client_of, method):
    create_room(alice, "attic")
    message = say(alice, "attic", "for members")

    response = getattr(client_of(bob), method)(message.get_absolute_url())

    assert response.status_code == 404
    assert b"for members" not in response.content
    assert Message.objects.visible().exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_when_it_is_gone_meanwhile(alice, client_of, method):
    message = say(alice, "general", "regretted")
    remove_message(message)

    assert getattr(client_of(alice), method)(message.get_absolute_url()).status_code == 404
    response = getattr(client_of(alice), method)(message.get_absolute_url(), headers=HTMX)
    assert response.status_code == 404
    assert "That message is no longer there." in response.content.decode()
    assert Message.objects.get().room.revision == 2


def test_not_when_somebody_was_faster(alice, client_of, monkeypatch):
    message = say(alice, "general", "regretted")
    delete = delete_message

    def after_another(membership, found):
        remove_message(Message.objects.get(pk=found.pk))
        delete(membership, found)

    monkeypatch.setattr("rooms.views.message.delete_message", after_another)

    assert client_of(alice).post(message.get_absolute_url()).status_code == 404
    assert Message.objects.get().room.revision == 2


@pytest.mark.parametrize("pk", ["0", "99999999", "9" * 25, "-1", "one"])
def test_one_that_is_not_there(alice, client_of, pk):
    assert client_of(alice).get(f"/rooms/general/messages/{pk}/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_asks_to_sign_in(alice, client, method):
    message = say(alice, "general", "for members")

    assert getattr(client, method)(message.get_absolute_url())["Location"].startswith("/accounts/login/")
    assert Message.objects.visible().exists()


def test_refuses_a_form_of_another_site(alice, client_of):
    message = say(alice, "general", "Hello")

    assert client_of(alice, enforce_csrf_checks=True).post(message.get_absolute_url()).status_code == 403
    assert Message.objects.visible().exists()
