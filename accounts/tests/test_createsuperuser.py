"""manage.py createsuperuser."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Person

pytestmark = pytest.mark.django_db


def test_it_asks_nothing_where_everything_is_said(monkeypatch, client):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse 9")
    call_command("createsuperuser", "--noinput", "--username=alice", "--email=Alice@Example.org", verbosity=0)
    alice = Person.objects.get()
    assert (alice.is_staff, alice.is_superuser) == (True, True)
    assert client.get("/welcome/")["Location"] == "/"
    form = {"login": "alice@example.org", "password": "correct horse 9"}
    assert client.post("/accounts/login/", form)["Location"] == "/"
    assert client.get("/rooms/general/").status_code == 200


def test_all_of_it_in_the_environment(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "alice")
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "alice@example.org")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse 9")
    call_command("createsuperuser", "--noinput", verbosity=0)
    assert Person.objects.get().check_password("correct horse 9")


@pytest.mark.parametrize("username", ["\u202eecila", "ali\u200bce", "аlice"])
def test_a_username_that_deceives_is_refused(username):
    options = ["--noinput", f"--username={username}", "--email=a@example.org"]
    with pytest.raises(CommandError, match="letters from a to z"):
        call_command("createsuperuser", *options, verbosity=0)


@pytest.mark.parametrize("username", ["alice", "Alice"])
def test_a_username_that_is_taken_is_refused(alice, username):
    options = ["--noinput", f"--username={username}", "--email=a@example.org"]
    with pytest.raises(CommandError, match="taken"):
        call_command("createsuperuser", *options, verbosity=0)
