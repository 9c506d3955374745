"""/people/: the directory, somebody's card, and whom one has blocked."""

import pytest
from django.utils import timezone

from accounts.models import Block, Person
from hypermedia.fragments import UNLESS_ONE_WRITES
from rooms.models import Membership, Room
from rooms.tests.files import HTMX
from rooms.tests.saying import say


def names(response) -> list[str]:
    return [person.username for person in response.context["people"]]


@pytest.fixture
def others(person, alice) -> None:
    person("bob", display_name="Bob Lee", title="Gardener")
    person("zoe", display_name="Zoë Ångström")
    person("lena", display_name="李雷")


def test_everybody_is_there_by_name(client_of, alice, others):
    response = client_of(alice).get("/people/")
    assert names(response) == ["alice", "bob", "zoe", "lena"]
    assert 'href="/people/bob/"' in response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ob", ["bob"]), ("LEE bo", ["bob"]), ("garden", ["bob"]), ("zoe", ["zoe"]), ("angs", ["zoe"]),
        ("雷", ["lena"]), ("ngström", ["zoe"]), ("%", []), ("_", []), ("e", ["alice", "bob", "zoe", "lena"]),
        ("nobody", []), ("\x00", ["alice", "bob", "zoe", "lena"]), ("\ud800", []), ("!", []),
    ],
)  # fmt: skip
def test_by_any_part_of_any_word(client_of, alice, others, query, found):
    address = "/people/?q=%ED%A0%80" if query == "\ud800" else "/people/"
    response = client_of(alice).get(address, {} if query == "\ud800" else {"q": query})
    assert names(response) == found


def test_it_is_paged_and_keeps_what_was_looked_for(client_of, alice):
    people = [Person(username=f"member-{number:03}", password="!") for number in range(60)]
    Person.objects.bulk_create(people)
    first = client_of(alice).get("/people/", {"q": "member"})
    assert names(first) == [f"member-{number:03}" for number in range(50)]
    assert "?q=member&amp;page=2" in first.content.decode()
    assert len(names(client_of(alice).get("/people/", {"q": "member", "page": 2}))) == 10


def test_nobody_who_is_deactivated(client_of, alice, bob):
    Person.objects.filter(pk=bob.pk).update(is_active=False)
    assert names(client_of(alice).get("/people/")) == ["alice"]
    assert client_of(alice).get("/people/bob/").status_code == 404


@pytest.mark.parametrize("query", ["", "member"])
def test_so_many_queries_whatever_the_number_of_people(
    client_of, alice, query, django_assert_max_num_queries
):
    client = client_of(alice)
    for count in (5, 2000):
        Person.objects.all().exclude(pk=alice.pk).delete()
        Person.objects.bulk_create(
            Person(username=f"member-{number:05}", display_name=f"Member Ö {number}", password="!")
            for number in range(count)
        )
        # The session and who asks, the community, the rooms at the side, who is here and their list.
        with django_assert_max_num_queries(2 + 4 + 3):
            client.get("/people/", {"q": query})


# -- The card ----------------------------------------------------------------------------


def test_a_card_says_who_somebody_is(client_of, alice, person):
    bob = person(
        "bob", display_name="Bob Lee", pronouns="he/him", title="Gardener", about="Roses\n<b>",
        time_zone="Asia/Tokyo", status_emoji="🌴", status_text="On holiday", is_superuser=True,
    )  # fmt: skip
    html = client_of(alice).get("/people/BOB/").content.decode()
    for said in ("Bob Lee", "@bob", "he/him", "Gardener", "Roses\n&lt;b&gt;", "On holiday", "Administrator"):
        assert said in html
    now = timezone.localtime(timezone=bob.zone)
    assert f"{now:%A}, {now:%H}:" in html
    assert '<a href="/rooms/general/" dir="auto">#general</a>' in html
    assert 'href="/rooms/general/?mention=bob#body"' in html


def test_to_htmx_it_is_for_the_popover(client_of, alice, bob):
    html = client_of(alice).get("/people/bob/", headers=HTMX).content.decode()
    assert html.startswith(f'<hx-partial hx-target="{UNLESS_ONE_WRITES}#card" hx-swap="innerHTML">')
    assert "<html" not in html


@pytest.mark.parametrize("name", ["nobody", "b%00b", "%C3%A9", "x" * 500])
def test_who_is_not_there(client_of, alice, name):
    client = client_of(alice)
    assert client.get(f"/people/{name}/").status_code == 404
    assert client.get(f"/people/{name}/", headers=HTMX).status_code == 404


def test_nobody_who_is_not_signed_in(client, alice):
    for path in ("/people/", "/people/alice/", "/avatars/abc/"):
        assert client.get(path).status_code == 302


def test_only_rooms_that_both_are_in_and_that_have_a_name(client_of, alice, bob):
    rooms = {}
    for kind, members in (("open", [bob]), ("closed", [alice, bob]), ("direct", [alice, bob])):
        rooms[kind] = Room.objects.create(name=f"the {kind} one", slug=kind, kind=kind)
        Membership.objects.bulk_create(Membership(room=rooms[kind], person=who) for who in members)
    response = client_of(alice).get("/people/bob/")
    assert [room.slug for room in response.context["rooms"]] == ["general", "closed"]


def test_a_mention_goes_on_with_what_was_begun_in_the_room_one_is_in(client_of, alice, bob):
    room = Room.objects.create(name="garden", slug="garden")
    Membership.objects.bulk_create(Membership(room=room, person=who) for who in (alice, bob))
    client = client_of(alice)
    headers = HTMX | {"HX-Current-URL": "http://testserver/rooms/garden/"}
    assert "/rooms/garden/?mention=bob#body" in client.get("/people/bob/", headers=headers).content.decode()

    assert ">@bob </textarea>" in client.get("/rooms/garden/?mention=bob").content.decode()
    assert "@&lt;" not in client.get("/rooms/garden/?mention=%3Cb%3E").content.decode()


def test_who_is_called_as_somebody_else_is_told_apart(client_of, alice, person):
    person("bob", display_name="Bob Lee")
    # As the shell does, which nothing refuses.
    Person.objects.filter(pk=person("rob").pk).update(display_name="Воb Lee")
    client = client_of(alice)
    assert "this is <b>@rob</b>" in client.get("/people/rob/").content.decode()
    assert "this is <b>@bob</b>" in client.get("/people/bob/").content.decode()
    assert "much the same" not in client.get("/people/alice/").content.decode()


# -- Blocks ------------------------------------------------------------------------------


def test_who_is_blocked_is_folded_and_in_a_list(client_of, alice, bob, django_assert_num_queries):
    client = client_of(alice)
    answer = client.post(
        "/people/bob/block/", {"blocked": "on"}, headers={"referer": "http://testserver/rooms/"}
    )
    assert (answer.status_code, answer["Location"]) == (303, "http://testserver/rooms/")
    assert Block.objects.stands_between(bob.pk, alice.pk)
    assert Block.objects.stands_between(alice.pk, bob.pk)
    fold = f'.message:is([data-author="{bob.pk}"]'
    assert fold in client.get("/rooms/general/").content.decode()
    assert fold not in client_of(bob).get("/rooms/general/").content.decode()
    profile = client.get("/accounts/profile/").content.decode()
    assert "Unblock" in profile
    assert 'value="off">Unblock' in client.get("/people/bob/").content.decode()

    client.post("/people/bob/block/", {"blocked": "off"})
    assert not Block.objects.exists()
    assert fold not in client.get("/rooms/general/").content.decode()
    alice.refresh_from_db()
    assert not alice.has_blocked


def test_twice_is_once_and_nobody_blocks_themselves(client_of, alice, bob):
    client = client_of(alice)
    for _ in range(2):
        assert client.post("/people/bob/block/", {"blocked": "on"})["Location"] == "/people/bob/"
    assert Block.objects.count() == 1
    client.post("/people/alice/block/", {"blocked": "on"})
    assert Block.objects.count() == 1
    assert "cannot block yourself" in client.get("/rooms/").content.decode()
    assert client.get("/people/bob/block/").status_code == 405
    assert client.post("/people/nobody/block/", {"blocked": "on"}).status_code == 404


def test_one_returns_to_no_other_site(client_of, alice, bob):
    answer = client_of(alice).post(
        "/people/bob/block/", {"blocked": "on"}, headers={"referer": "https://example.org/"}
    )
    assert answer["Location"] == "/people/bob/"


def test_the_style_of_who_blocks_many_is_one_query_more(client_of, alice, person, django_assert_num_queries):
    client = client_of(alice)
    client.get("/rooms/")
    for number in range(5):
        Block.objects.create(person=alice, blocked=person(f"member-{number}"))
    Person.objects.filter(pk=alice.pk).update(has_blocked=True)
    with django_assert_num_queries(1):
        alice.refresh_from_db()
    with django_assert_num_queries(1):
        assert len(Block.objects.blocked_by(alice)) == 5


def test_a_row_has_a_way_to_the_card_and_stays_small(client_of, alice):
    say(alice, "general", "Hello")
    row = client_of(alice).get("/rooms/general/").content.decode().partition('<li id="message-')[2]
    row = row.partition("</li>")[0]
    assert row.count('href="/people/alice/"') == 1
    assert len(row) < 1000
