"""`/rooms/<slug>/suggestions/`: whom a name that is being written may mean."""

import pytest

from accounts.models import Person
from rooms.models import Membership, Room

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")

PATH = "/rooms/general/suggestions/"


@pytest.fixture
def suggested(alice, client_of):
    """The usernames that are suggested for a text."""

    def ask(body: str) -> list[str]:
        html = client_of(alice).post(PATH, {"body": body}).content.decode()
        return [part.partition("<")[0] for part in html.split("<b>@")[1:]]

    return ask


@pytest.fixture
def chosen(alice, client_of):
    """The text in the box, once `name` is chosen."""

    def choose(body: str, name: str) -> str:
        html = client_of(alice).post(f"{PATH}?name={name}", {"body": body}).content.decode()
        return html.partition(" autofocus>")[2].partition("</textarea>")[0]

    return choose


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


def test_a_chosen_name_is_completed(chosen):
    assert chosen("Hello @b", "bob") == "Hello @bob "
    assert chosen("@h", "here") == "@here "
    assert chosen("请@b", "bob") == "请@bob "


@pytest.mark.parametrize(("body", "name"), [("Hello @b", "nobody"), ("Hello @b", "%00"), ("Hello", "bob")])
def test_what_cannot_be_completed_stays(chosen, body, name):
    assert chosen(body, name) == body


def test_a_text_is_text(chosen):
    assert chosen("</textarea><script>x</script> @b", "bob") == (
        "&lt;/textarea&gt;&lt;script&gt;x&lt;/script&gt; @bob "
    )


def test_a_name_is_text(alice, person, client_of):
    person("dora", display_name="<script>x</script>")
    assert "<script>" not in client_of(alice).post(PATH, {"body": "@do"}).content.decode()


def test_only_a_member_is_told(alice, bob, client_of):
    client = client_of(bob)
    client.post("/rooms/general/leave/")
    assert client.post(PATH, {"body": "@a"}).status_code == 404
    assert client.post("/rooms/nowhere/suggestions/", {"body": "@a"}).status_code == 404


def test_a_thread_keeps_its_box(alice, client_of):
    html = client_of(alice).post(f"{PATH}?name=bob", {"body": "@b", "thread": "1"}).content.decode()
    assert 'aria-label="Answer"' in html


def test_asks_to_sign_in(client):
    assert client.post(PATH)["Location"].startswith("/accounts/login/")
