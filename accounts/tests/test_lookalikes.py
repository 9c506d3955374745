"""Names that look like somebody else's, or like an office: refused at every door."""

import threading

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.lookalikes import RESERVED, problem_of, shapes
from accounts.models import Community, Person
from rooms.markup.people import CALLS
from rooms.models import Membership

PROFILE = {"time_zone": "", "hue": ""}
NEW = {"email": "", "password1": "correct horse 9"}
TOO_LIKE = "looks like the name of somebody"
KEPT_FREE = "kept free"

# Alice, as nobody else may be called.
ALICES = [
    "alice", "ALICE", "Alice", " alice ", "al\u200dice", "al\u00adice", "a\u034flice",
    "Аlice", "аliсе", "Αlice", "ａｌｉｃｅ", "𝓐lice", "ⓐlice", "🅰lice", "a1ice", "aIice", "a|ice", "Álice",
    "A\u0332lice", "A\u20ddlice", "alıce", "alicҽ",
    "@alice", "(alice)", "alice!", "alice.", "_alice_", "alice ✓", "ᴀʟɪᴄᴇ", "ꓮlice", "ⲁlice", "Ꭺlice",
]  # fmt: skip


def profile(client: Client, name: str):
    return client.post("/accounts/profile/", PROFILE | {"display_name": name})


def sign_up(username: str, client: Client | None = None):
    return (client or Client()).post("/accounts/signup/", NEW | {"username": username})


@pytest.mark.parametrize("name", ALICES)
@pytest.mark.parametrize("hers", [{"username": "alice"}, {"username": "a.b", "display_name": "Alice"}])
def test_a_display_name_like_anothers_is_refused(client_of, person, bob, hers, name):
    person(**hers)
    answer = profile(client_of(bob), name)
    assert answer.status_code == 422
    assert TOO_LIKE in answer.content.decode()
    bob.refresh_from_db()
    assert bob.name == "bob"


@pytest.mark.parametrize(
    ("theirs", "other"),
    [
        ("Νίκος", "νίκος"), ("Иван", "иван"), ("Андрей", "Андреи"), ("ひろ", "ひろ\u200b"), ("José", "Jose"),
        ("李", "李\ufe00"), ("Ernie Arno", "emie_amo"), ("Straße", "STRASSE"), ("Zoë", "Zoe\u0308"),
        ("O’Neil", "o’neil"), ("ガス", "ｶﾞｽ"), ("Łukasz", "łukasz"), ("محمد", "م\u200fحمد"),
    ],
)  # fmt: skip
def test_of_any_script(client_of, person, bob, theirs, other):
    person("carol", display_name=theirs)
    assert TOO_LIKE in profile(client_of(bob), other).content.decode()


@pytest.mark.parametrize(
    "name",
    ["Alicia", "Alice B.", "Al", "李", "たなが", "Алиса", "कि", "bob", "Bob", "Admiral", "Roomba", "🚀"],
)
def test_other_names_are_free(client_of, person, bob, name):
    for number, theirs in enumerate(("Alice", "王", "たなか", "का", "Елена", "🌸")):
        person(f"person{number}", display_name=theirs)
    assert profile(client_of(bob), name).status_code == 303


@pytest.mark.parametrize(
    "name", ["admin", "Аdmin", "ROOT", "system", "here", "room", "Everyone", "all", "ａｌｌ"]
)
def test_an_office_is_nobodys_display_name(client_of, bob, name):
    assert KEPT_FREE in profile(client_of(bob), name).content.decode()


@pytest.mark.parametrize(
    "username", ["admin", "Root", "system", "r00t", "here", "ROOM", "everyone", "a11", "_all_"]
)
@pytest.mark.parametrize("door", ["open", "join link", "founding"])
def test_an_office_is_nobodys_username(person, username, door):
    client = Client()
    if door == "founding":
        client = Client()
        Person.objects.all().delete()
        answer = client.post("/welcome/", NEW | {"community": "Crew", "username": username})
    else:
        person("alice")
        community = Community.objects.create(signup_open=door == "open")
        client.get(f"/join/{community.join_token}/")
        answer = sign_up(username, client)
    assert answer.status_code == 422
    assert KEPT_FREE in answer.content.decode()


@pytest.mark.parametrize("username", ["a1ice", "AIice", "alice-", "_alice"])
@pytest.mark.parametrize("hers", [{"username": "alice"}, {"username": "a.b", "display_name": "Аlice"}])
def test_a_username_like_anothers_is_refused(person, hers, username):
    person(**hers)
    answer = sign_up(username)
    assert answer.status_code == 422
    assert TOO_LIKE in answer.content.decode()


def test_ones_own_name_is_ones_own(client_of, alice):
    client = client_of(alice)
    for name in ("Alice", "ALICE", "alice", "Álice", ""):
        assert profile(client, name).status_code == 303


def test_whom_the_operator_named_so_may_be_seen_so(client_of, person):
    client = client_of(person("admin", is_superuser=True))
    assert profile(client, "Admin").status_code == 303
    assert KEPT_FREE in profile(client, "System").content.decode()


def test_who_was_called_so_before_stays(client_of, person, alice):
    bob = person("bob", display_name="Alice")
    answer = client_of(bob).post("/accounts/profile/", {"display_name": "Alice", "time_zone": "", "hue": "3"})
    assert answer.status_code == 303
    bob.refresh_from_db()
    assert (bob.display_name, bob.hue) == ("Alice", 3)


def test_in_the_administration(client_of, person, bob):
    root = person("root", is_staff=True, is_superuser=True)
    client = client_of(root)
    form = {
        "username": "bob",
        "email": "",
        "display_name": "Rооt",
        "time_zone": "",
        "hue": "",
        "role": "administrator",
        "is_active": "on",
    }
    address = f"/admin/accounts/person/{bob.pk}/change/"
    assert KEPT_FREE in client.post(address, form | {"display_name": "Rооt"}).content.decode()
    assert client.post(address, form | {"display_name": "Robert"}).status_code == 302
    passwords = {"usable_password": "true", "password1": "a new horse 10", "password2": "a new horse 10"}
    answer = client.post("/admin/accounts/person/add/", passwords | {"username": "b0b"})
    assert TOO_LIKE in answer.content.decode()


def test_the_operator_names_whom_they_like(alice, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse 9")
    for name in ("admin", "a1ice"):
        call_command("createsuperuser", "--noinput", f"--username={name}", "--email=", verbosity=0)
    assert Person.objects.filter(username__in=["admin", "a1ice"]).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("door", ["profile", "sign up"])
def test_of_two_at_once_the_second_is_told(person, client_of, door):
    clients = [client_of(person(name)) for name in ("bob", "charlie")]
    answers = []
    together = threading.Barrier(2)

    def take(number: int) -> None:
        together.wait()
        if door == "profile":
            answers.append(profile(clients[number], ("Alice", "ALlCE")[number]))
        else:
            answers.append(sign_up(("alice", "a1ice")[number]))
        connection.close()

    threads = [threading.Thread(target=take, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [answer for answer in answers if answer.status_code == 422]
    assert len(refused) == 1
    assert TOO_LIKE in refused[0].content.decode()


def test_whom_an_at_calls_and_what_somebody_is_in_a_room_are_kept_free():
    assert {*CALLS, *Membership.Role.values} <= set(RESERVED)


def test_looking_takes_as_many_queries_for_many(client_of, bob, django_assert_max_num_queries):
    Person.objects.bulk_create(Person(username=f"person{number}") for number in range(500))
    client = client_of(bob)
    client.get("/accounts/profile/")
    with django_assert_max_num_queries(22):
        assert profile(client, "Robert").status_code == 303


def test_nothing_is_a_shape_of_everything():
    assert shapes("!") != shapes("?")
    assert problem_of("!", ["?"]) == ""
    assert problem_of("\u200b", []) == ""
