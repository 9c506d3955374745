"""Mails: the worker sends them, and the owner of an account hears of what is changed about it."""

import datetime
import re
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.mail import EmailMessage
from django.tasks import task_backends
from django.tasks.backends.dummy import DummyBackend
from django.test import Client
from django.utils import timezone
from huey import Huey
from huey.contrib.djhuey import HUEY

import site_config.settings
from accounts import mails, tasks
from accounts.models import Community, Mail
from accounts.tests.conftest import PASSWORD
from site_config.mail import LogBackend

NEW = {"password1": "a new horse 10", "password2": "a new horse 10"}
RESET = "/accounts/password/reset/"
REFUSED = "Nothing listens at the address of the mail server: look at EMAIL_URL."
MAIN, OTHER = "alice@example.org", "other@example.org"


@pytest.fixture
def alice(person):
    """Alice with two addresses, whose mails say what was done."""
    alice = person("alice", email=MAIN)
    alice.emailaddress_set.create(email=MAIN, primary=True, verified=True)
    alice.emailaddress_set.create(email=OTHER, verified=True)
    return alice


def change_password(client: Client) -> None:
    client.post("/accounts/password/change/", NEW | {"oldpassword": PASSWORD})


def set_password(client: Client) -> None:
    client.post("/accounts/password/set/", NEW)


def reset_password(client: Client) -> None:
    client.post(RESET, {"email": MAIN})
    link = re.findall(r"http://testserver(\S+)", str(mail.outbox.pop().body))[0]
    client.post(client.get(link, follow=True).redirect_chain[-1][0], NEW)


def change_main_address(client: Client) -> None:
    client.post("/accounts/email/", {"email": OTHER, "action_primary": ""})


def remove_address(client: Client) -> None:
    client.post("/accounts/email/", {"email": OTHER, "action_remove": ""})


def add_address(client: Client) -> None:
    client.post("/accounts/email/", {"email": "third@example.org", "action_add": ""})


def confirm(client: Client) -> None:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def turn_second_step_on(client: Client) -> None:
    confirm(client)
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session[auth.SECRET_SESSION_KEY]
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post("/accounts/2fa/totp/activate/", {"code": code})


def turn_second_step_off(client: Client) -> None:
    confirm(client)
    client.post("/accounts/2fa/totp/deactivate/")


def make_recovery_codes(client: Client) -> None:
    confirm(client)
    client.post("/accounts/2fa/recovery-codes/generate/")


@pytest.mark.parametrize(
    ("change", "told", "said"),
    [
        (change_password, [MAIN], "password of your account alice in Parley was changed"),
        (set_password, [MAIN], "was given a password"),
        (reset_password, [MAIN], "was changed, by a link in a mail"),
        (change_main_address, [MAIN], f"was {MAIN}, and is {OTHER} now"),
        (remove_address, [OTHER, MAIN], f"{OTHER} was removed"),
        (add_address, ["third@example.org", MAIN], "third@example.org was added"),
        (turn_second_step_on, [MAIN], "Two-step sign-in was switched on"),
        (turn_second_step_off, [MAIN], "Two-step sign-in was switched off"),
        (make_recovery_codes, [MAIN], "has new recovery codes"),
    ],
)
def test_the_owner_hears_of_it(
    client_of, alice, django_capture_on_commit_callbacks, change: Callable[[Client], None], told, said
):
    if change == set_password:
        alice.set_unusable_password()
        alice.save()
    if change in (turn_second_step_off, make_recovery_codes):
        TOTP.activate(alice, "A" * 32)
    client = client_of(alice, headers={"user-agent": "Firefox of somebody"})
    with django_capture_on_commit_callbacks(execute=True):
        change(client)
    assert [message.to for message in mail.outbox] == [[address] for address in told]
    body = mail.outbox[-1].body
    assert said in body
    assert "from 127.0.0.1, with this browser: Firefox of somebody" in body
    assert "http://testserver/accounts/sessions/" in body


def html_of(message) -> str:
    """The part of a mail that is HTML."""
    (part,) = message.alternatives
    assert part.mimetype == "text/html"
    return str(part.content)


def confirm_address(client: Client) -> None:
    client.post("/accounts/email/", {"email": "third@example.org", "action_add": ""})


def sign_up(client: Client) -> None:
    client.logout()
    form = {"username": "alice2", "email": "third@example.org", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", form)


def sign_up_with_an_address_that_is_there(client: Client) -> None:
    client.logout()
    form = {"username": "alice2", "email": MAIN, "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", form)


def forget_password(client: Client) -> None:
    client.post(RESET, {"email": MAIN})


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (confirm_address, "Confirm this address"),
        (sign_up, "Confirm this address"),
        (sign_up_with_an_address_that_is_there, "Choose a new password"),
        (forget_password, "Choose a new password"),
    ],
)
def test_what_leads_somewhere_has_a_part_in_html_as_well(client_of, alice, ask, words):
    Community.objects.update(name="Crew & <b>Co</b>")
    ask(client_of(alice))

    message = mail.outbox[0]
    html, (link,) = html_of(message), set(re.findall(r"http://testserver\S+", str(message.body)))
    assert "Crew & <b>Co</b>" in message.body
    assert "Crew &amp; &lt;b&gt;Co&lt;/b&gt;" in html
    assert re.search(rf'<a class="answer"[^>]*\s+href="{re.escape(link)}">{words}</a>', html)
    assert "prefers-color-scheme: dark" in html
    assert set(re.findall(r"http://testserver[^\"<]+", html)) == {link}
    # No more than the text has, and nothing that is fetched.
    assert not re.search(r"<(img|script|link|iframe)", html)


def test_what_is_only_told_is_text(client_of, alice):
    change_password(client_of(alice))

    assert not getattr(mail.outbox[0], "alternatives", ())


def test_what_waits_since_before_it_had_html_is_sent(alice):
    tasks.send_mail.enqueue("A subject", "A text", MAIN)

    (message,) = mail.outbox
    assert (message.subject, message.body, message.to) == ("A subject", "A text", [MAIN])
    assert not getattr(message, "alternatives", ())


def test_the_last_address_hears_of_its_own_end(client_of, person):
    alice = person("alice", email=MAIN)
    alice.emailaddress_set.create(email=MAIN, primary=True, verified=True)
    client_of(alice).post("/accounts/email/", {"email": MAIN, "action_remove": ""})
    assert [message.to for message in mail.outbox] == [[MAIN]]


PROFILE = {
    "username": "alice",
    "display_name": "",
    "time_zone": "",
    "hue": "",
    "role": "member",
    "is_active": "on",
}


@pytest.mark.parametrize(
    ("path", "form", "told", "said"),
    [
        ("accounts/person/{person}/password/", NEW | {"usable_password": "true"}, MAIN, "password of your"),
        ("accounts/person/{person}/change/", PROFILE | {"email": OTHER}, MAIN, f"is {OTHER} now"),
        ("mfa/authenticator/{app}/delete/", {"post": "yes"}, MAIN, "switched off"),
        ("account/emailaddress/{other}/delete/", {"post": "yes"}, OTHER, f"{OTHER} was removed"),
        ("account/emailaddress/add/", {"email": "third@example.org"}, MAIN, "third@example.org was added"),
    ],
)
def test_what_an_administrator_does_is_told_as_well(client_of, alice, person, path, form, told, said):
    app = TOTP.activate(alice, "A" * 32).instance
    other = alice.emailaddress_set.get(email=OTHER)
    address = "/admin/" + path.format(person=alice.pk, app=app.pk, other=other.pk)
    client = client_of(person("root", is_staff=True, is_superuser=True))
    assert client.post(address, form | {"user": alice.pk}).status_code == 302
    [message] = mail.outbox
    assert message.to == [told]
    assert said in message.body
    assert "An administrator did this" in message.body
    assert "127.0.0.1" not in message.body


def test_an_account_that_is_deleted_hears_nothing(client_of, alice, person):
    TOTP.activate(alice, "A" * 32)
    client = client_of(person("root", is_staff=True, is_superuser=True))
    client.post(f"/admin/accounts/person/{alice.pk}/delete/", {"post": "yes"})
    assert not mail.outbox


def test_who_has_no_address_changes_the_password_all_the_same(client_of, bob):
    change_password(client_of(bob))
    bob.refresh_from_db()
    assert bob.check_password(NEW["password1"])
    assert not mail.outbox


@pytest.fixture
def queue(settings) -> list:
    """What the worker was given, who does nothing yet."""
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    backend = task_backends["default"]
    assert isinstance(backend, DummyBackend)
    backend.clear()
    return backend.results


def test_the_worker_sends_them(client_of, alice, queue):
    client = client_of(alice)
    change_password(client)
    add_address(client)
    assert not mail.outbox
    assert [given.task.name for given in queue] == ["send_mail_of"] * 3


def test_the_same_is_done_about_every_address_and_no_key_waits_in_the_queue(client, alice, queue):
    pages = [client.post(RESET, {"email": email}) for email in (MAIN, "nobody@example.org")]
    assert len({(page.status_code, page["Location"]) for page in pages}) == 1
    assert [given.task.name for given in queue] == ["send_mail_of"] * 2
    known, unknown = Mail.objects.order_by("pk").values_list("kind", "subject", "body", "details")
    link = "http://testserver/accounts/password/reset/key/UID-KEY/"
    assert known == unknown == ("reset", "", "", {"address": link})


def test_a_queue_that_is_away_takes_no_page_along_and_no_mail(client, alice, monkeypatch):
    def away(*words, **named):
        raise ConnectionError

    monkeypatch.setattr("django.tasks.backends.immediate.ImmediateBackend.enqueue", away)
    for email in (MAIN, "nobody@example.org"):
        page = client.post(RESET, {"email": email}, follow=True)
        assert page.status_code == 200
        assert "could not" not in page.content.decode()
    mails.send_due(timezone.now())
    assert [message.to for message in mail.outbox] == [[MAIN]]


def test_without_a_mail_server_a_mail_is_in_the_log_as_one_reads_it(caplog):
    assert site_config.settings.MAILERS["default"]["BACKEND"] == "site_config.mail.LogBackend"
    link = f"https://chat.example.org/accounts/password/reset/key/1-{'x' * 200}/?a=b=c"
    with caplog.at_level("INFO", "site_config.mail"):
        LogBackend().send_messages([EmailMessage("Grüße", f"Öffne:\n{link}\n", to=["alice@example.org"])])
    [line] = caplog.messages
    assert link in line.splitlines()
    assert "Mail to alice@example.org: Grüße" in line
    assert "Öffne:" in line


@pytest.fixture
def worker(settings) -> Iterator[Huey]:
    """Huey, which does at once what is for now, and keeps it all in memory."""
    settings.TASKS = {"default": {"BACKEND": "huey.contrib.djhuey.tasks_backend.HueyBackend"}}
    HUEY.immediate = True
    yield HUEY
    HUEY.flush()
    HUEY.immediate = False


def test_nothing_of_a_mail_is_kept_once_it_is_sent(client_of, alice, worker):
    change_password(client_of(alice))
    assert len(mail.outbox) == 1
    assert worker.result_count() == 0


@pytest.mark.parametrize("ask", [change_password, lambda client: client.post(RESET, {"email": MAIN})])
def test_a_mail_server_that_is_away_is_asked_again(client_of, alice, worker, monkeypatch, ask):
    def away(*words, **named):
        raise ConnectionRefusedError

    with monkeypatch.context() as while_away:
        while_away.setattr("django.core.mail.EmailMessage.send", away)
        ask(client_of(alice))
    assert not mail.outbox
    waiting = Mail.objects.get()
    assert (waiting.tries, waiting.problem) == (1, REFUSED)
    mails.send_due(timezone.now())
    assert not mail.outbox
    mails.send_due(timezone.now() + datetime.timedelta(minutes=2))
    assert [message.to for message in mail.outbox] == [[MAIN]]
    assert not Mail.objects.exists()
