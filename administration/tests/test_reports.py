"""Messages are reported, and looked into at /administration/reports/."""

import datetime

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import AuditEntry, Person
from rooms import tasks
from rooms.actions import removals
from rooms.actions.messages_delete import remove_message
from rooms.actions.removals import remove_messages
from rooms.models import Message, Removal, Report, Room
from rooms.tests.files import HTMX
from rooms.tests.saying import say

REPORTS = "/administration/reports/"


@pytest.fixture
def said(bob):
    """What bob said."""
    return say(bob, "general", "Something <nasty>")


def report(client, message, words: str = "This is nasty.", **options):
    return client.post(f"/rooms/general/messages/{message.pk}/report/", {"words": words}, **options)


@pytest.fixture
def reported(client_of, said, person) -> Report:
    report(client_of(person("carla")), said)
    return Report.objects.get()


def resolve(client, one: Report, how: str, **more: str) -> str:
    return client.post(f"{REPORTS}{one.pk}/", {"how": how, **more}, follow=True).content.decode()


# -- Reporting ---------------------------------------------------------------------------


def test_the_menu_offers_it_and_says_that_it_is_done(client_of, said, person):
    client = client_of(person("carla"))
    address = said.get_absolute_url()
    assert "Report this message" in client.get(address, headers=HTMX).content.decode()
    answer = report(client, said, headers=HTMX)
    assert answer.status_code == 200
    assert "Thank you" in answer.content.decode()
    one = Report.objects.get()
    assert (one.words, one.body, one.reporter.username) == ("This is nasty.", "Something <nasty>", "carla")


def test_without_a_script_the_page_says_so(client_of, said, person):
    answer = report(client_of(person("carla")), said, follow=True)
    assert answer.redirect_chain[0][1] == 303
    assert "Thank you" in answer.content.decode()


def test_ones_own_is_not_reported(client_of, said, bob):
    assert "Report this message" not in client_of(bob).get(said.get_absolute_url()).content.decode()
    assert report(client_of(bob), said, headers=HTMX).status_code == 422
    assert not Report.objects.exists()


def test_one_is_open_of_each_for_a_message(client_of, said, reported, person):
    carla = Person.objects.get(username="carla")
    answer = report(client_of(carla), said, headers=HTMX)
    assert answer.status_code == 422
    assert "already" in answer.content.decode()
    report(client_of(person("dora")), said)
    assert Report.objects.count() == 2
    with pytest.raises(IntegrityError):
        Report.objects.create(message=said, reporter=carla)


@pytest.mark.parametrize("words", ["x" * 501, "\x00"])
def test_words_that_cannot_be_kept_are_refused(client_of, said, person, words):
    assert report(client_of(person("carla")), said, words, headers=HTMX).status_code in (400, 422)
    assert not Report.objects.exists()


def test_of_a_room_that_is_not_ones_own_nothing_is_reported(client_of, said, person, guest):
    assert report(client_of(guest), said).status_code == 404
    assert not Report.objects.exists()


# -- The queue ---------------------------------------------------------------------------


def test_it_stands_in_the_queue(client_of, moderator, reported):
    page = client_of(moderator).get(REPORTS).content.decode()
    assert "Something &lt;nasty&gt;" in page
    assert "This is nasty." in page
    assert "carla reported it" in page


def test_what_was_edited_since_is_shown_as_it_was(client_of, moderator, reported):
    Message.objects.filter(pk=reported.message_id).update(body="Something nice")
    assert "Something &lt;nasty&gt;" in client_of(moderator).get(REPORTS).content.decode()


def test_a_page_costs_the_same_for_many(client_of, moderator, reported, queries):
    client = client_of(moderator)
    few = queries(client, REPORTS)
    crowd = Person.objects.bulk_create(Person(username=f"p{n}") for n in range(60))
    Report.objects.bulk_create(Report(message=reported.message, reporter=one, body="x") for one in crowd)
    assert queries(client, REPORTS) == few


def test_the_message_is_removed(client_of, moderator, reported, person, said):
    report(client_of(person("dora")), said)
    assert "the message was removed" in resolve(client_of(moderator), reported, "remove")
    assert Message.objects.get().deleted_at
    assert not Report.objects.open().exists()
    assert list(AuditEntry.objects.values_list("actor_name", "what", "room_name")) == [
        ("mona", "remove", "general")
    ]
    assert "looked into it" in client_of(moderator).get(f"{REPORTS}?show=done").content.decode()


def test_it_may_stand(client_of, moderator, reported):
    resolve(client_of(moderator), reported, "dismiss")
    assert not Message.objects.get().deleted_at
    assert AuditEntry.objects.get().what == "dismiss"


def test_it_is_looked_into_once(client_of, moderator, reported):
    client = client_of(moderator)
    resolve(client, reported, "dismiss")
    assert "Somebody has looked into that already." in resolve(client, reported, "ban")
    assert Person.objects.get(username="bob").is_active


def test_its_author_is_muted_or_banned(client_of, moderator, reported, bob, said, person):
    client = client_of(moderator)
    resolve(client, reported, "mute", minutes="10")
    bob.refresh_from_db()
    assert bob.is_muted
    report(client_of(person("dora")), said)
    resolve(client, Report.objects.open().get(), "ban")
    bob.refresh_from_db()
    assert bob.banned_at


def test_a_moderator_does_nothing_to_who_may_do_more(client_of, moderator, administrator, person):
    said = say(administrator, "general", "Hm")
    report(client_of(person("carla")), said)
    for how in ("mute", "ban", "remove_all"):
        page = resolve(client_of(moderator), Report.objects.get(), how, minutes="10", period="ever")
        assert "may do more here than you" in page
    assert Report.objects.open().exists()
    assert not Removal.objects.exists()


@pytest.mark.parametrize("how", ["", "explode"])
def test_something_else_cannot_be_done(client_of, moderator, reported, how):
    assert "Choose what to do." in resolve(client_of(moderator), reported, how)
    assert Report.objects.open().exists()


def test_a_report_that_is_not_there(client_of, moderator):
    assert client_of(moderator).post(f"{REPORTS}4711/", {"how": "dismiss"}).status_code == 404


# -- All that somebody said --------------------------------------------------------------


@pytest.fixture
def much(bob, owner) -> None:
    """What bob said now, three days ago and long ago; and what somebody else did."""
    for days, body in ((0, "now"), (3, "this week"), (30, "long ago")):
        message = say(bob, "general", body)
        Message.objects.filter(pk=message.pk).update(posted_at=timezone.now() - datetime.timedelta(days=days))
    say(owner, "general", "mine")


def standing() -> set[str]:
    return set(Message.objects.undeleted().values_list("body", flat=True))


@pytest.mark.parametrize(
    ("period", "left"),
    [("day", {"this week", "long ago", "mine"}), ("week", {"long ago", "mine"}), ("ever", {"mine"})],
)
def test_all_of_a_period_is_removed(do, owner, bob, much, period, left, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert "are being removed" in do(owner, bob, "remove_all", period=period)
    for removal in Removal.objects.filter(done_at=None):
        remove_messages(removal.pk)
    assert standing() == left
    assert Removal.objects.get().done_at
    assert AuditEntry.objects.get().what == "remove all"


@pytest.mark.parametrize("period", ["", "century"])
def test_how_far_back_has_to_be_said(do, owner, bob, much, period):
    assert "Choose how far back." in do(owner, bob, "remove_all", period=period)
    assert len(standing()) == 4


def test_a_worker_that_dies_goes_on_where_it_was(owner, bob, much, monkeypatch):
    removal = Removal.objects.create(person=bob, asked_by=owner)
    real, count = remove_message, []

    def dies_at_the_second(message: Message) -> None:
        real(message)
        count.append(message)
        if len(count) == 2:
            raise SystemExit

    monkeypatch.setattr(removals, "remove_message", dies_at_the_second)
    with pytest.raises(SystemExit):
        remove_messages(removal.pk)
    assert len(standing()) == 3
    monkeypatch.undo()
    tasks.go_on_removing.call_local()
    removal.refresh_from_db()
    assert (standing(), removal.removed) == ({"mine"}, 3)
    assert remove_messages(removal.pk) == 0


def test_what_is_said_afterwards_stays(owner, bob, much):
    removal = Removal.objects.create(person=bob, asked_by=owner)
    say(bob, "general", "afterwards")
    assert remove_messages(removal.pk) == 3
    assert standing() == {"mine", "afterwards"}


def test_each_is_told_of(owner, bob, much):
    before = Room.objects.get(slug="general").revision
    remove_messages(Removal.objects.create(person=bob).pk)
    assert Room.objects.get(slug="general").revision == before + 3
