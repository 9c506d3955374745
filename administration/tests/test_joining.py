"""/administration/invitations/, and how people come in by what is made there."""

import datetime
import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.keeping_order import address_confirmed
from accounts.models import AuditEntry, Community, Invitation, Person
from rooms.models import Membership, Room

ADDRESS = "/administration/invitations/"
FORM = {"username": "dora", "email": "", "password1": "correct horse 9"}


@pytest.fixture
def community(owner) -> Community:
    Community(name="Crew", signup_open=False).save()
    return Community.objects.get()


def link() -> str:
    return f"/join/{Community.objects.get().join_token}/"


def join(address: str, **said: str) -> int:
    client = Client()
    client.get(address)
    return client.post("/accounts/signup/", FORM | said).status_code


# -- The join link -----------------------------------------------------------------------


def test_it_is_shown_as_text_and_as_a_code(client_of, owner, community):
    page = client_of(owner).get(ADDRESS).content.decode()
    assert f'dir="ltr">http://testserver{link()}</code>' in page
    assert "<svg" in page
    assert "style=" not in page


def test_it_is_replaced_with_an_end_and_a_number_of_uses(client_of, owner, community):
    before = link()
    answer = client_of(owner).post(f"{ADDRESS}link/", {"days": "1", "uses": "10"})
    assert answer.status_code == 303
    held = Community.objects.get()
    assert held.join_uses_left == 10
    assert held.join_until
    assert held.join_until - timezone.now() < datetime.timedelta(days=1)
    assert join(before) == 403
    assert join(link()) == 302
    assert Community.objects.get().join_uses_left == 9
    assert AuditEntry.objects.get().what == "join link"


@pytest.mark.parametrize("said", [{"days": "2", "uses": "0"}, {"days": "1", "uses": "x"}])
def test_another_end_cannot_be_chosen(client_of, owner, community, said):
    before = link()
    page = client_of(owner).post(f"{ADDRESS}link/", said, follow=True).content.decode()
    assert "Choose for how long" in page
    assert link() == before


def test_it_is_replaced_by_post_alone(client_of, owner):
    assert client_of(owner).get(f"{ADDRESS}link/").status_code == 405


def test_it_ends(community):
    Community.objects.update(join_until=timezone.now() - datetime.timedelta(seconds=1))
    assert Client().get(link()).status_code == 404
    assert join(link()) == 403


def test_it_is_used_up(community):
    Community.objects.update(join_uses_left=1)
    assert join(link()) == 302
    assert Client().get(link()).status_code == 404


def test_one_that_is_used_up_meanwhile_is_said(community):
    Community.objects.update(join_uses_left=1)
    slow = Client()
    slow.get(link())
    assert join(link()) == 302
    answer = slow.post("/accounts/signup/", FORM | {"username": "ed"})
    assert answer.status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["link", "mail"])
def test_of_two_who_use_it_for_the_last_time_one_is_told(community, owner, by):
    Community.objects.update(join_uses_left=1)
    invited = Invitation.objects.create(email="dora@example.org", invited_by=owner)
    address = link() if by == "link" else f"/join/{invited.token}/"
    start, answers = threading.Barrier(2), []

    def come(name: str) -> None:
        client = Client()
        client.get(address)
        start.wait()
        answers.append(client.post("/accounts/signup/", FORM | {"username": name}).status_code)
        connection.close()

    threads = [threading.Thread(target=come, args=[name]) for name in ("dora", "ed")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) in ([302, 403], [302, 422])
    assert Person.objects.filter(username__in=["dora", "ed"]).count() == 1


# -- Invitations by mail -----------------------------------------------------------------


def invite(client: Client, **said: object) -> str:
    form = {"email": "dora@example.org", "role": "member", **said}
    return client.post(ADDRESS, form, follow=True).content.decode()


@pytest.fixture
def invited(client_of, owner, community, django_capture_on_commit_callbacks, mailoutbox):
    with django_capture_on_commit_callbacks(execute=True):
        invite(client_of(owner))
    return Invitation.objects.get()


def test_it_comes_by_mail_and_lets_one_in_once(invited, mailoutbox):
    [mail] = mailoutbox
    assert mail.to == ["dora@example.org"]
    assert mail.subject == "olga invites you to Crew"
    address = f"/join/{invited.token}/"
    assert f"http://testserver{address}" in mail.body
    [part] = mail.alternatives
    assert f'href="http://testserver{address}">Create your account</a>' in part.content
    assert '<b dir="auto">olga</b> invites you to' in part.content
    client = Client()
    client.get(address)
    assert 'value="dora@example.org"' in client.get("/accounts/signup/").content.decode()
    assert client.post("/accounts/signup/", FORM | {"email": "dora@example.org"}).status_code == 302
    invited.refresh_from_db()
    assert invited.used_by.username == "dora"
    assert join(address, username="ed") == 403
    assert AuditEntry.objects.filter(what="invite", person_name="dora@example.org").exists()


def test_a_guest_finds_the_rooms_that_are_named(client_of, owner, community):
    garden = Room.objects.create(name="garden", slug="garden", kind="closed")
    client = client_of(owner)
    assert "Choose the rooms" in invite(client, role="guest")
    assert "on its way" in invite(client, role="guest", rooms=[garden.pk])
    assert join(f"/join/{Invitation.objects.get().token}/") == 302
    dora = Person.objects.get(username="dora")
    assert dora.role == "guest"
    assert [one.room for one in Membership.objects.filter(person=dora)] == [garden]


@pytest.mark.parametrize("role", ["administrator", "owner", "moderator"])
def test_nobody_is_invited_to_run_it(client_of, owner, community, role):
    invite(client_of(owner), role=role)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("email", ["", "x", "olga@example.org", "bobb@gmail.com"])
def test_some_are_not_invited(client_of, owner, community, bob, do, email):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=owner, email="olga@example.org")
    do(owner, bob, "ban")
    client_of(owner).post(ADDRESS, {"email": email, "role": "member"})
    assert not Invitation.objects.exists()


def test_one_is_invited_once(client_of, invited, owner):
    assert "There is an open invitation" in invite(client_of(owner), email="DORA@example.org")
    assert Invitation.objects.count() == 1


def test_it_is_sent_again_with_another_link(client_of, owner, invited, mailoutbox,
                                            django_capture_on_commit_callbacks):  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        client_of(owner).post(f"{ADDRESS}{invited.pk}/", {"do": "resend"})
    assert len(mailoutbox) == 2
    assert join(f"/join/{invited.token}/") == 403
    assert join(f"/join/{Invitation.objects.get().token}/") == 302


def test_it_is_revoked(client_of, owner, invited):
    client = client_of(owner)
    assert "dora@example.org" in client.get(ADDRESS).content.decode()
    page = client.post(f"{ADDRESS}{invited.pk}/", {"do": "revoke"}, follow=True).content.decode()
    assert "leads nowhere now" in page
    assert join(f"/join/{invited.token}/") == 403
    assert client.post(f"{ADDRESS}{invited.pk}/", {"do": "revoke"}).status_code == 404


def test_it_is_over_in_time(client_of, owner, invited):
    Invitation.objects.update(until=timezone.now())
    assert join(f"/join/{invited.token}/") == 403
    page = client_of(owner).get(ADDRESS).content.decode()
    assert 'class="tag is-warning">over</span>' in page


def test_one_that_was_used_is_not_open(client_of, owner, invited):
    join(f"/join/{invited.token}/")
    page = client_of(owner).post(f"{ADDRESS}{invited.pk}/", {"do": "resend"}, follow=True).content.decode()
    assert "not open any longer" in page


# -- Who has to wait ---------------------------------------------------------------------


@pytest.fixture
def with_approval(owner) -> None:
    Community(name="Crew", signup_open=True, needs_approval=True).save()


def test_who_comes_by_themselves_waits_until_they_are_let_in(client_of, owner, with_approval, do):
    client = Client()
    answer = client.post("/accounts/signup/", FORM, follow=True)
    assert answer.redirect_chain == [("/accounts/waiting/", 302)]
    assert "A moment yet" in answer.content.decode()
    dora = Person.objects.get(username="dora")
    assert not Membership.objects.filter(person=dora).exists()
    sign_in = {"login": "dora", "password": FORM["password1"]}
    assert client.post("/accounts/login/", sign_in)["Location"] == "/accounts/waiting/"
    assert "Let in" in client_of(owner).get("/administration/people/?show=waiting").content.decode()
    assert "dora can come in." in do(owner, dora, "approve", waiting="1")
    assert client.post("/accounts/login/", sign_in)["Location"] == "/"
    assert Membership.objects.filter(person=dora, room__slug="general").exists()
    assert "waits no longer" in do(owner, dora, "approve")
    assert "waits no longer" in do(owner, dora, "refuse")


def test_who_is_refused_is_gone(owner, with_approval, do):
    Client().post("/accounts/signup/", FORM)
    assert "was not let in" in do(owner, Person.objects.get(username="dora"), "refuse", waiting="1")
    assert not Person.objects.filter(username="dora").exists()
    assert AuditEntry.objects.get().person_name == "dora"


def test_who_is_invited_does_not_wait(with_approval):
    assert join(link()) == 302
    assert Person.objects.get(username="dora").is_active


# -- Somebody banned who comes back ------------------------------------------------------


@pytest.mark.parametrize("username", ["bob2", "b0b-x", "the-bob", "Bob.is.back", "robert-builder9"])
def test_who_comes_under_a_name_like_a_banned_ones_waits(community, owner, bob, do, client_of, username):
    Person.objects.filter(pk=bob.pk).update(display_name="Robert Builder")
    do(owner, bob, "ban")
    assert join(link(), username=username) == 302
    new = Person.objects.get(username=username)
    assert (new.awaits, new.is_active, new.resembles) == ("approval", False, bob)
    assert not Membership.objects.filter(person=new).exists()
    for page in ("/administration/people/?show=waiting", f"/administration/people/{new.pk}/"):
        assert "who is banned" in client_of(owner).get(page).content.decode()
    assert "can come in." in do(owner, new, "approve", waiting="1")
    assert Membership.objects.filter(person=new).exists()


def test_who_comes_in_the_browser_of_one_who_is_banned_waits(community, owner, bob, do):
    his, hers = Client(), Client()
    for client, who in ((his, "bob"), (hers, "olga")):
        client.post("/accounts/login/", {"login": who, "password": "parley-demo"})
        client.post("/accounts/logout/")
    do(owner, bob, "ban")
    for client, name in ((his, "stranger"), (hers, "friend")):
        client.get(link())
        assert client.post("/accounts/signup/", FORM | {"username": name}).status_code == 302
    waits = dict(Person.objects.filter(username__in=["stranger", "friend"]).values_list("username", "awaits"))
    assert waits == {"stranger": "approval", "friend": ""}


@pytest.mark.parametrize("username", ["bobby", "dora"])
def test_others_come_in_after_a_ban(community, owner, bob, do, username):
    do(owner, bob, "ban")
    assert join(link(), username=username) == 302
    assert Person.objects.get(username=username).is_active


def test_who_is_invited_by_mail_is_not_doubted(community, owner, bob, do, client_of):
    do(owner, bob, "ban")
    invitation = Invitation.objects.create(email="bob2@example.org", invited_by=owner)
    assert join(f"/join/{invitation.token}/", username="bob2", email="bob2@example.org") == 302
    assert Person.objects.get(username="bob2").is_active


def test_a_confirmed_address_is_not_enough_for_who_is_in_doubt(community, owner, bob, do, mailoutbox):
    do(owner, bob, "ban")
    Community.objects.update(mail_domains="example.org", signup_open=True)
    Client().post("/accounts/signup/", FORM | {"username": "bob2", "email": "b@example.org"})
    new = Person.objects.get(username="bob2")
    assert new.awaits == "address"
    address_confirmed(new)
    new.refresh_from_db()
    assert (new.awaits, new.is_active) == ("approval", False)


def test_an_account_that_waits_is_not_simply_reactivated(owner, with_approval, do):
    Client().post("/accounts/signup/", FORM)
    assert "waits to be let in" in do(owner, Person.objects.get(username="dora"), "reactivate")


# -- Domains of mail ---------------------------------------------------------------------


@pytest.fixture
def of_a_domain(owner) -> None:
    Community(name="Crew", mail_domains="example.org\nexample.com").save()


@pytest.mark.parametrize(
    "email", ["", "dora@elsewhere.example", "dora@sub.example.org", "dora@notexample.org"]
)
def test_an_address_elsewhere_does_not_do(of_a_domain, email):
    answer = Client().post("/accounts/signup/", FORM | {"email": email})
    assert answer.status_code == 422
    assert "@example.org or @example.com" in answer.content.decode()
    assert not Person.objects.filter(username="dora").exists()


def test_an_address_there_is_confirmed_first(of_a_domain, mailoutbox):
    client = Client()
    answer = client.post("/accounts/signup/", FORM | {"email": "Dora@Example.org"}, follow=True)
    assert "Confirm your address" in answer.content.decode()
    [mail] = mailoutbox
    address = next(word for word in mail.body.split() if "confirm-email" in word)
    assert not Person.objects.get(username="dora").is_active
    client.post(address.removeprefix("http://testserver"))
    dora = Person.objects.get(username="dora")
    assert dora.is_active
    assert Membership.objects.filter(person=dora).exists()


def test_who_is_invited_may_have_any_address(of_a_domain):
    assert join(link(), email="dora@elsewhere.example") == 302
    assert Person.objects.get(username="dora").is_active
