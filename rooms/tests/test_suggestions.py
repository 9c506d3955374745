"""`/rooms/<slug>/suggestions/`: what a word that is being written may become."""

import re
from html import unescape
from typing import NamedTuple

import pytest

from accounts.models import Person
from rooms.models import Membership, Room
from rooms.tests.saying import closed_room

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")

PATH = "/rooms/general/suggestions/"


class Offer(NamedTuple):
    """One suggestion: where it is put in, up to the caret, what, and what it is called."""

    begins: int
    text: str
    name: str


def offers(client, body: str, **more: str) -> list[Offer]:
    html = client.post(PATH, {"body": body, **more}).content.decode()
    found = re.findall(r'<button\s[^>]*?value="([^"]*)"\s+name="(\d+)".*?<b dir="auto">(.*?)</b>', html, re.S)
    return [Offer(int(begins), unescape(text), unescape(name)) for text, begins, name in found]


@pytest.fixture
def offered(alice, client_of):
    """What is suggested for a text, and for a place in it."""
    return lambda body, **more: offers(client_of(alice), body, **more)


@pytest.fixture
def suggested(offered):
    """The usernames that are suggested for a text."""
    return lambda body: [one.name[1:] for one in offered(body) if one.name.startswith("@")]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("Hello @b", ["bob"]),
        ("@CHAR", ["charlie"]),
        ("(@bo", ["bob"]),
        ("Hello", []),
        ("Hello @bob ", []),
        ("bob@b", []),
        ("请@bo", ["bob"]),
        ("ถาม@bo", ["bob"]),
        ("привет，@bo", ["bob"]),
        ("و@bo", ["bob"]),
        ("café@bo", []),
        ("cafe\u0301@bo", []),
        ("@nobody", []),
        ("@he", ["here"]),
        ("@", ["bob", "charlie", "here", "room"]),
        ("x" * 9_990 + " @bo", ["bob"]),
    ],
)
def test_suggests_members_by_the_word_that_is_begun(suggested, body, names):
    assert suggested(body) == names


@pytest.mark.parametrize("word", ["Ana", "o'li", "O'LIMA", "กิ่ง"])
def test_suggests_by_what_others_see(suggested, person, word):
    person("a.l", display_name="Ana O'Lima กิ่งแก้ว")
    assert suggested(f"@{word}") == ["a.l"]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Élodie Müller", "élo"),
        ("Élodie Müller", "elo"),
        ("Élodie Müller", "mül"),
        ("Дмитрий", "дми"),
        ("王小明", "小明"),
        ("Ｋａｙ", "kay"),
        ("Elodie", "Élo"),
    ],
)
def test_suggests_in_whatever_letters(suggested, person, name, word):
    person("somebody", display_name=name)
    assert suggested(f"@{word}") == ["somebody"]


def test_suggests_no_more_than_fit(suggested):
    room = Room.objects.get(slug="general")
    crowd = Person.objects.bulk_create(Person(username=f"dora-{number}") for number in range(20))
    Membership.objects.bulk_create(Membership(room=room, person=one) for one in crowd)
    assert len(suggested("@dora")) == 8


def test_suggests_nobody_who_is_not_there(suggested, bob, client_of):
    client_of(bob).post("/rooms/general/leave/")
    assert suggested("@bo") == []


def test_suggests_nobody_whose_account_is_closed(suggested, bob):
    bob.is_active = False
    bob.save()
    assert suggested("@bo") == []


@pytest.mark.parametrize("body", ["@%", "@_", "@\\", "@'", "a\x00@b", "@" * 9_000])
def test_any_text_is_fine(suggested, body):
    assert suggested(body) in ([], ["bob"])


@pytest.mark.parametrize(
    ("body", "offer"),
    [
        ("Hello @b", Offer(6, "@bob ", "@bob")),
        ("@h", Offer(0, "@here ", "@here")),
        ("请@b", Offer(1, "@bob ", "@bob")),
        # As browsers count: two for what is beyond 65,536, and one for the end of a line.
        ("🎉\r\n@b", Offer(3, "@bob ", "@bob")),
    ],
)
def test_what_is_put_in_and_where(offered, body, offer):
    assert offered(body)[0] == offer


def test_in_the_middle_of_a_text_it_is_the_word_before_the_caret(offered):
    text = "🎉 @b, and @charlie"
    assert offered(text, at="5", to="5") == [Offer(3, "@bob ", "@bob")]
    assert offered(text, at="3", to="3") == []


@pytest.mark.parametrize("to", ["", "-1", "x", "9" * 30, "99999"])
def test_a_place_that_is_none_is_the_end(offered, to):
    assert offered("Hello @b", to=to) == [Offer(6, "@bob ", "@bob")]


@pytest.mark.parametrize(
    ("body", "offer"),
    [
        ("nice :tada", Offer(5, "🎉 ", "🎉")),
        (":heart_eyes", Offer(0, "😍 ", "😍")),
        ("/to", Offer(0, "/topic ", "/topic")),
        ("/", Offer(0, "/me ", "/me")),
        ("see #gen", Offer(4, "[#general](http://testserver/rooms/general/) ", "#general")),
    ],
)
def test_emoji_commands_and_rooms(offered, body, offer):
    assert offered(body)[0] == offer


@pytest.mark.parametrize(
    "body",
    [":D", "at 10:30", ":tada:", "http://ta", "#", "# Tea", "##gen", "a#gen", "and/or", "so /to", "/usr/bin"],
)
def test_what_is_none_of_them(offered, body):
    assert offered(body) == []


def test_a_command_that_is_complete_is_not_suggested(offered):
    assert offered("/help") == []


def test_the_name_of_a_room_is_no_markdown(offered, alice):
    Room.objects.create(slug="odd", name="zz[a](b) *c*")
    assert offered("#zz")[0].text == r"[#zz\[a\](b) \*c\*](http://testserver/rooms/odd/) "


def test_no_room_that_one_may_not_know_of(offered, bob):
    closed_room(bob, "secret")
    assert offered("#sec") == []


def test_a_text_that_nobody_can_store_suggests_nothing(offered):
    assert offered("a\x00 @b") == []


def test_a_name_is_text(alice, person, client_of):
    person("dora", display_name="<script>x</script>")
    assert "<script>" not in client_of(alice).post(PATH, {"body": "@do"}).content.decode()


@pytest.mark.parametrize(("more", "box"), [({}, ""), ({"thread": "1"}, "answer-")])
def test_they_are_for_the_box_that_asks(alice, bob, client_of, more, box):
    html = client_of(alice).post(PATH, {"body": "@b", **more}).content.decode()

    assert f'hx-target="#{box}body:focus:not(:placeholder-shown) ~ * > #{box}suggestions:not(' in html
    assert f'popovertarget="{box}suggestions"' in html


def test_only_a_member_is_told(alice, bob, client_of):
    client = client_of(bob)
    client.post("/rooms/general/leave/")
    assert client.post(PATH, {"body": "@a"}).status_code == 404
    assert client.post("/rooms/nowhere/suggestions/", {"body": "@a"}).status_code == 404


def test_asks_to_sign_in(client):
    assert client.post(PATH)["Location"].startswith("/accounts/login/")
