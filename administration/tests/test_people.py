"""/administration/people/: who is here, and what can be done about somebody."""

import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import keeping_order
from accounts.actions import Rejected
from accounts.models import AuditEntry, BannedAddress, Community, LastOwner, Person
from rooms.access import membership
from rooms.actions.direct import open_direct
from rooms.actions.messages_post import post_message
from rooms.actions.muting import check_may_write
from rooms.actions.rooms import create_room
from rooms.models import Attachment, Membership, Message, Report, Room
from rooms.tests.files import HTMX, PNG, named
from rooms.tests.saying import say

PEOPLE = "/administration/people/"
GENERAL = "/rooms/general/"


def entries() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("actor_name", "what", "person_name"))


# -- Looking -----------------------------------------------------------------------------


def test_they_are_listed_and_found(client_of, owner, bob, guest):
    client = client_of(owner)
    page = client.get(PEOPLE).content.decode()
    assert all(name in page for name in ("olga", "bob", "gerd"))
    found = client.get(PEOPLE, {"q": "GMAIL"}).content.decode()
    assert ">bob</a>" in found
    assert ">gerd</a>" not in found
    assert ">gerd</a>" in client.get(PEOPLE, {"show": "guests"}).content.decode()
    assert "Nobody is called that." in client.get(PEOPLE, {"q": "\x00nobody"}).content.decode()


def test_a_page_costs_the_same_for_many(client_of, owner, queries):
    client = client_of(owner)
    few = queries(client, PEOPLE)
    Person.objects.bulk_create(Person(username=f"p{n}") for n in range(120))
    AuditEntry.objects.bulk_create(AuditEntry(actor_name="x", what="ban") for _ in range(120))
    assert queries(client, PEOPLE) == few
    assert "Page 1 of 3" in client.get(PEOPLE).content.decode()
    assert "Page 3 of 3" in client.get(PEOPLE, {"page": "99"}).content.decode()


@pytest.mark.parametrize(
    "address", ["people/", "people/1/", "invitations/", "audit/", "community/", "rooms/", "reports/", ""]
)
def test_it_is_not_open_to_others(client, client_of, owner, bob, guest, address):
    address = "/administration/" + address
    for who in (bob, guest):
        assert client_of(who).get(address).status_code == 403
        assert client_of(who).post(address).status_code == 403
    assert client.get(address)["Location"] == f"/accounts/login/?next={address}"


@pytest.mark.parametrize(
    "address", ["people/", "people/1/", "invitations/", "audit/", "community/", "rooms/"]
)
def test_a_moderator_sees_the_reports_alone(client_of, moderator, address):
    client = client_of(moderator)
    assert client.get("/administration/" + address).status_code == 403
    assert client.get("/administration/")["Location"] == "/administration/reports/"
    page = client.get("/administration/reports/")
    assert page.status_code == 200
    assert f'href="/administration/{address}"' not in page.content.decode()


def test_the_way_there_is_at_the_side_of_who_may_go(client_of, moderator, bob):
    link = 'href="/administration/"'
    assert link in client_of(moderator).get(GENERAL).content.decode()
    assert link not in client_of(bob).get(GENERAL).content.decode()


def test_nobody_has_that_number(client_of, owner):
    assert client_of(owner).get(f"{PEOPLE}4711/").status_code == 404
    assert client_of(owner).post(f"{PEOPLE}4711/", {"do": "ban"}).status_code == 404


def test_something_else_cannot_be_done(owner, bob, do):
    assert "Choose what to do." in do(owner, bob, "explode")


# -- Roles -------------------------------------------------------------------------------


def test_django_follows_the_role(owner, bob):
    Person.objects.filter(pk=bob.pk).update(role="administrator")
    bob.refresh_from_db()
    assert (bob.is_superuser, bob.is_staff) == (True, True)
    bob.role = "member"
    bob.save()
    assert (bob.is_superuser, bob.is_staff) == (False, False)


def test_the_flags_make_nobody_anything(owner, bob):
    bob.is_superuser = True
    bob.save()
    bob.refresh_from_db()
    assert not bob.is_superuser


def test_an_owner_gives_every_role(owner, bob, do):
    for role in ("guest", "moderator", "administrator", "owner"):
        assert f"bob is {role} now." in do(owner, bob, "role", role=role)
        bob.refresh_from_db()
        assert bob.role == role
    assert entries()[-1] == ("olga", "role", "bob")
    assert AuditEntry.objects.latest("pk").details == "from administrator to owner"


@pytest.mark.parametrize("role", ["owner", "emperor", ""])
def test_an_administrator_makes_no_owner(administrator, bob, do, role):
    assert "may do more here than you" in do(administrator, bob, "role", role=role)
    bob.refresh_from_db()
    assert bob.role == "member"


def test_an_administrator_does_nothing_to_an_owner(owner, administrator, do):
    for what in ("role", "deactivate", "ban", "mute"):
        assert "may do more here than you" in do(administrator, owner, what, role="member", minutes="60")
    owner.refresh_from_db()
    assert (owner.role, owner.is_active, owner.muted_until) == ("owner", True, None)
    assert not entries()


def test_nobody_puts_themselves_out(owner, do):
    for what in ("deactivate", "ban", "mute"):
        assert "You cannot do that to yourself." in do(owner, owner, what, minutes="60")


# -- The last owner ----------------------------------------------------------------------


def test_the_last_owner_stays_one_by_every_door(owner, administrator, client_of, do):
    assert "needs an owner" in do(owner, owner, "role", role="member")
    with pytest.raises(LastOwner):
        owner.delete()
    with pytest.raises(LastOwner):
        Person.objects.all().delete()
    with pytest.raises(LastOwner):
        Person.objects.update(role="member")
    with pytest.raises(LastOwner):
        Person.objects.update(is_active=False)
    owner.refresh_from_db()
    for field, value in (("role", "member"), ("is_active", False)):
        setattr(owner, field, value)
        with pytest.raises(ValidationError):
            owner.save()
        owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)


def test_the_last_owner_stays_one_in_djangos_admin(owner, administrator, client_of):
    client, address = client_of(owner), f"/admin/accounts/person/{owner.pk}/"
    form = {"username": "olga", "time_zone": "", "role": "member", "is_active": "on"}
    answer = client.post(f"{address}change/", form | dates(), follow=True)
    assert "needs an owner" in answer.content.decode()
    assert "needs an owner" in client.post(f"{address}delete/", {"post": "yes"}, follow=True).content.decode()
    chosen = {"action": "delete_selected", "_selected_action": [owner.pk], "post": "yes"}
    assert "needs an owner" in client.post("/admin/accounts/person/", chosen, follow=True).content.decode()
    owner.refresh_from_db()
    assert owner.role == "owner"


def dates() -> dict[str, str]:
    names = (f"{name}_{part}" for name in ("last_login", "date_joined") for part in "01")
    return {name: "2026-01-01" if name.endswith("0") else "10:00" for name in names}


def test_an_administrator_cannot_reach_an_owner_in_djangos_admin(owner, administrator, bob, client_of):
    client = client_of(administrator)
    address = f"/admin/accounts/person/{owner.pk}/"
    assert client.post(f"{address}change/", {"username": "olga", "role": "member"}).status_code == 403
    assert client.post(f"{address}password/", {"password1": "x", "password2": "x"}).status_code == 403
    assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [owner.pk], "post": "yes"}
    client.post("/admin/accounts/person/", chosen)
    form = {"username": "bob", "time_zone": "", "role": "owner", "is_active": "on"}
    client.post(f"/admin/accounts/person/{bob.pk}/change/", form | dates())
    assert Person.objects.get(role="owner") == owner


def test_djangos_admin_writes_down_a_role(administrator, bob, client_of):
    form = {"username": "bob", "time_zone": "", "role": "moderator", "is_active": "on"} | dates()
    client_of(administrator).post(f"/admin/accounts/person/{bob.pk}/change/", form)
    assert entries() == [("adam", "role", "bob")]


def test_one_of_two_owners_may_go(owner, bob, do):
    do(owner, bob, "role", role="owner")
    assert "That is not open to you" in do(owner, owner, "role", role="member")
    assert [one.username for one in Person.objects.active_owners()] == ["bob"]


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_at_once_one_stays(owner, bob):
    bob.role = "owner"
    bob.save()
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def leave(person: Person) -> None:
        start.wait()
        try:
            keeping_order.change_role(person, person, "member")
            outcomes.append("left")
        except Rejected:
            outcomes.append("stayed")
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[one]) for one in (owner, bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["left", "stayed"]
    assert Person.objects.active_owners().count() == 1


# -- Deactivated, banned, muted ----------------------------------------------------------


def test_one_who_is_deactivated_is_out_at_once(owner, bob, client_of, do):
    his = client_of(bob)
    assert "is closed" in do(owner, bob, "deactivate")
    assert his.get(GENERAL).status_code == 302
    assert "can sign in again" in do(owner, bob, "reactivate")
    assert client_of(bob).get(GENERAL).status_code == 200
    assert [what for _, what, _ in entries()] == ["deactivate", "reactivate"]


def test_one_who_is_banned_does_not_come_back(owner, bob, client_of, do):
    his, link = client_of(bob), Community.objects.get().join_token
    assert "bob is banned." in do(owner, bob, "ban", why="spam")
    assert his.get(GENERAL).status_code == 302
    assert BannedAddress.objects.get().address == "bobb@gmail.com"
    new = Client()
    assert new.get(f"/join/{link}/").status_code == 404
    form = {"username": "robert", "password1": "correct horse 9"}
    for address in ("bobb@googlemail.com", "B.O.B.B+other@GMAIL.com", "ｂobb@gmail.com"):
        answer = new.post("/accounts/signup/", form | {"email": address})
        assert answer.status_code == 422, address
    assert not Person.objects.filter(username="robert").exists()
    assert AuditEntry.objects.get().details == "spam"


def test_one_who_is_banned_is_not_merely_reactivated(owner, bob, do):
    do(owner, bob, "ban")
    assert "lift the ban" in do(owner, bob, "reactivate")
    assert "can come in again" in do(owner, bob, "unban")
    bob.refresh_from_db()
    assert (bob.is_active, bob.banned_at) == (True, None)
    assert not BannedAddress.objects.exists()


def test_nobody_adds_the_address_of_one_who_is_banned(owner, bob, client_of, do):
    do(owner, bob, "ban")
    form = {"action_add": "", "email": "bobb@gmail.com"}
    answer = client_of(owner).post("/accounts/email/", form)
    assert "That address cannot be had here." in answer.content.decode()


def test_one_who_is_muted_reads_and_does_not_write(owner, bob, client_of, do):
    message = say(bob, "general", "before")
    assert "for an hour" in do(owner, bob, "mute", minutes="60")
    client = client_of(bob)
    assert client.get(GENERAL).status_code == 200
    answer = client.post(GENERAL, {"body": "after"})
    assert answer.status_code == 422
    assert "You are muted until" in answer.content.decode()
    edit = f"{GENERAL}messages/{message.pk}/edit/"
    client.post(edit, {"body": "changed", "seen": ""})
    client.post(f"{GENERAL}messages/{message.pk}/reactions/", {"emoji": "👍"})
    client.post(f"{GENERAL}messages/{message.pk}/pin/", {"pinned": "on"})
    kept = client.post(f"{GENERAL}files/", {"files": named("a.png", PNG)}, headers=HTMX)
    assert "You are muted until" in kept.content.decode()
    assert not Attachment.objects.exists()
    stored = Message.objects.get()
    assert (stored.body, stored.pinned_at, stored.reactions.count()) == ("before", None, 0)
    assert "can write again" in do(owner, bob, "unmute")
    assert client.post(GENERAL, {"body": "after"}).status_code == 303


def test_one_who_is_muted_changes_nothing_that_others_see(owner, bob, person, client_of, do):
    person("carla")
    room, client = create_room(bob, "den"), client_of(bob)
    said = say(bob, "den", "mine")
    Membership.objects.create(room=room, person=owner)
    foreign = say(owner, "den", "hers")
    known = open_direct(bob, [owner])
    do(owner, bob, "mute", minutes="60")
    doors = {
        "/rooms/new/": {"name": "Cave"},
        "/people/carla/message/": {},
        "/direct/new/": {"person": ["carla", "olga"]},
        "/go/": {"q": "carla"},
        f"/rooms/{known.slug}/": {"body": "psst"},
        f"/rooms/{known.slug}/members/add/": {"person": "carla"},
        "/rooms/den/": {"body": "/msg @carla psst"},
        "/rooms/den/settings/": {"name": "Cave", "slug": "den", "kind": "open", "who_posts": "members",
                                 "who_calls": "members", "slow_seconds": "0"},
        "/rooms/den/settings/archive/": {"archived": "on"},
        "/rooms/den/settings/delete/": {"name": "den"},
        "/rooms/den/members/add/": {"person": "carla"},
        "/rooms/den/members/olga/remove/": {},
        "/rooms/den/members/olga/role/": {"role": "moderator"},
        f"/rooms/den/messages/{foreign.pk}/": {},
        "/accounts/profile/status/": {"emoji": "🌴", "text": "psst", "end": ""},
    }  # fmt: skip
    for address, what in doors.items():
        answer = client.post(address, what, follow=True)
        assert "You are muted until" in answer.content.decode(), address
    room.refresh_from_db()
    bob.refresh_from_db()
    assert (room.name, room.archived_at, bob.status_text) == ("den", None, "")
    assert set(Message.objects.undeleted().values_list("body", flat=True)) == {"mine", "hers"}
    assert set(Room.objects.values_list("slug", flat=True)) == {"general", "den", known.slug}
    assert set(room.memberships.values_list("person__username", "role")) == {
        ("bob", "moderator"), ("olga", "member")}  # fmt: skip
    # What is their own they take back; they go out, and say what is wrong.
    assert client.post("/people/olga/message/")["Location"] == f"/rooms/{known.slug}/"
    client.post(f"/rooms/den/messages/{foreign.pk}/report/", {"words": "rude"})
    client.post(f"/rooms/den/messages/{said.pk}/")
    client.post("/rooms/general/leave/")
    assert Report.objects.count() == 1
    assert Message.objects.undeleted().filter(notice=None).get() == foreign
    assert not Membership.objects.filter(person=bob, room__slug="general").exists()


def test_a_mute_is_over_by_itself(owner, bob):
    Person.objects.filter(pk=bob.pk).update(muted_until=timezone.now() - datetime.timedelta(seconds=1))
    check_may_write(Person.objects.get(pk=bob.pk))
    post_message(membership(bob.pk, "general"), "Hello")


@pytest.mark.parametrize("minutes", ["", "7", "-60", "٦٠", "x"])
def test_for_how_long_has_to_be_said(owner, bob, do, minutes):
    assert "Choose for how long." in do(owner, bob, "mute", minutes=minutes)
    bob.refresh_from_db()
    assert not bob.is_muted


# -- Guests ------------------------------------------------------------------------------


def test_a_guest_finds_no_room_and_makes_none(guest, bob, client_of):
    client = client_of(guest)
    assert not Membership.objects.filter(person=guest).exists()
    assert client.get(GENERAL).status_code == 404
    assert client.post(f"{GENERAL}join/").status_code == 404
    assert ">general</a>" not in client.get("/rooms/").content.decode()
    assert client.get("/rooms/new/").status_code == 403
    assert client.post("/rooms/new/", {"name": "Mine"}).status_code == 403
    assert not Membership.objects.filter(person=guest).exists()


def test_a_guest_is_seen_in_their_rooms_alone(guest, bob, person, owner):
    carla = person("carla")
    garden = Room.objects.create(name="garden", slug="garden", kind="closed")
    Membership.objects.create(room=garden, person=guest)
    Membership.objects.create(room=garden, person=bob)
    names = {who: set(Person.objects.visible_to(who).values_list("username", flat=True)) for who in
             (guest, bob, carla, owner)}  # fmt: skip
    assert names[guest] == {"gerd", "bob"}
    assert "gerd" in names[bob]
    assert "gerd" not in names[carla]
    assert names[owner] == {"olga", "bob", "gerd", "carla"}


def test_a_room_may_be_made_by_moderators_alone(moderator, bob, client_of):
    Community.objects.update(rooms_by_all=False)
    assert client_of(bob).get("/rooms/new/").status_code == 403
    assert "New room" not in client_of(bob).get("/rooms/").content.decode()
    assert client_of(moderator).post("/rooms/new/", {"name": "Mine"}).status_code == 303


def test_a_moderator_moderates_every_room_that_they_see(moderator, bob, client_of):
    message = say(bob, "general", "Something")
    client_of(moderator).post(f"{GENERAL}messages/{message.pk}/")
    assert Message.objects.get().deleted_at
