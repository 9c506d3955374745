"""Who comes after what was moved in gets what they wrote elsewhere, once an address is shown to be theirs."""

import pytest
from allauth.account.models import EmailAddress

from accounts.models import Person
from integrations.moving.slack import SlackArchive
from integrations.tests.archives import moved, said, slack
from rooms.actions.direct import open_direct
from rooms.models import Membership, Message, Reaction

pytestmark = pytest.mark.django_db(transaction=True)
GROUP = {"id": "G1", "name": "cellar", "members": ["U2", "U3"]}


@pytest.fixture
def archive(alice, tmp_path):
    EmailAddress.objects.create(user=alice, email="alice@example.org", verified=True, primary=True)
    asked = said(0, "U2", "Who waters them, <@U1>?", reactions=[{"name": "+1", "users": ["U2", "U3"]}])
    path = slack(
        tmp_path,
        [asked, said(1, "U3", "You do, <@U2>.")],
        groups=[GROUP],
        dms=[{"id": "D1", "members": ["U1", "U2"]}],
        **{"D1/2024-03-01": [said(5, "U2", "Between us")], "cellar/2024-03-01": [said(6, "U3", "Wine")]},
    )
    return moved(SlackArchive(path))


def confirmed(person: Person, email: str) -> Person:
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def test_who_shows_the_address_gets_all_of_it(archive, alice, bob, client_of):
    confirmed(bob, "bob@example.org")

    assert not Person.objects.filter(username="bob-slack").exists()
    assert Message.objects.get(body__startswith="Who waters").author == bob
    named = Message.objects.get(body="You do, @bob.")
    assert f'data-person="{bob.pk}">@bob</b>' in named.html
    assert list(named.mentions.values_list("person", flat=True)) == [bob.pk]
    assert Reaction.objects.filter(person=bob).count() == 1
    names = {place.room.name: place.read for place in Membership.objects.filter(person=bob)}
    assert {"garden": 2, "cellar": 1}.items() <= names.items()
    # The conversation that they had goes on.
    assert open_direct(alice, [bob]) == Message.objects.get(body="Between us").room
    page = client_of(bob).get("/rooms/garden/").content.decode()
    assert "@bob</b>" in page


def test_nobody_gets_it_who_only_says_so(archive, bob):
    EmailAddress.objects.create(user=bob, email="bob@example.org", verified=False)
    assert not Message.objects.filter(author=bob).exists()


def test_who_is_not_let_in_yet_waits(archive, bob):
    Person.objects.filter(pk=bob.pk).update(is_active=False)
    confirmed(bob, "bob@example.org")
    assert Person.objects.filter(username="bob-slack").exists()


def test_what_they_have_begun_here_stays(archive, alice, bob):
    begun = open_direct(alice, [bob])
    confirmed(bob, "bob@example.org")
    assert open_direct(alice, [bob]) == begun
    assert Message.objects.get(body="Between us").room != begun


def test_once_more_it_is_theirs_still(archive, bob, tmp_path):
    confirmed(bob, "bob@example.org")
    moved(SlackArchive(slack(tmp_path, [said(0, "U2", "Who waters them"), said(9, "U2", "Later")])))
    assert Message.objects.get(body="Later").author == bob
