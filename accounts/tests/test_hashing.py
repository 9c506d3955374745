"""Passwords: normalised before they are hashed, and hashed as often for nobody as for somebody."""

import unicodedata

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from accounts.models import Person

COMPOSED = "Crème brûlée Ⅷ"
FORMS = [unicodedata.normalize(form, COMPOSED) for form in ("NFC", "NFD", "NFKC", "NFKD")]
OTHERS = pytest.mark.parametrize("typed", FORMS)

LOGIN = "/accounts/login/"
NEW = "/accounts/password/change/"


def is_let_in(password: str, login: str = "bob") -> bool:
    return Client().post(LOGIN, {"login": login, "password": password}).status_code == 302


@OTHERS
def test_at_sign_up(client, alice, typed):
    form = {"username": "bob", "email": "", "password1": typed}
    assert client.post("/accounts/signup/", form).status_code == 302
    assert all(is_let_in(password) for password in FORMS)


@OTHERS
def test_at_the_founding(client, db, typed):
    form = {"community": "Crew", "username": "bob", "email": "", "password1": typed}
    assert client.post("/welcome/", form).status_code == 302
    assert all(is_let_in(password) for password in FORMS)


@OTHERS
def test_at_a_change(client_of, bob, typed):
    bob.set_password(COMPOSED)
    bob.save()
    client = client_of(bob)
    form = {"oldpassword": typed, "password1": FORMS[1] + "!", "password2": FORMS[0] + "!"}
    assert client.post(NEW, form).status_code == 302
    assert all(is_let_in(password + "!") for password in FORMS)


def test_at_the_first_one_of_an_account(client_of, bob):
    bob.set_unusable_password()
    bob.save()
    form = {"password1": FORMS[1], "password2": FORMS[0]}
    assert client_of(bob).post("/accounts/password/set/", form).status_code == 302
    assert all(is_let_in(password) for password in FORMS)


@OTHERS
def test_when_it_is_asked_for_again(client_of, bob, typed):
    bob.set_password(COMPOSED)
    bob.save()
    form = {"password": typed, "next": "/rooms/"}
    assert client_of(bob).post("/accounts/reauthenticate/", form)["Location"] == "/rooms/"


def test_in_the_administration(client_of, alice, bob):
    alice.role = "administrator"
    alice.save()
    form = {"usable_password": "true", "password1": FORMS[1], "password2": FORMS[0]}
    client = client_of(alice)
    assert client.post(f"/admin/accounts/person/{bob.pk}/password/", form).status_code == 302
    assert client.post("/admin/accounts/person/add/", form | {"username": "dora"}).status_code == 302
    assert all(is_let_in(password, name) for password in FORMS for name in ("bob", "dora"))


def test_on_the_command_line(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", FORMS[1])
    call_command("createsuperuser", "--noinput", "--username=bob", "--email=", verbosity=0)
    assert all(is_let_in(password) for password in FORMS)


def test_one_from_before_goes_on_as_it_was_typed(bob):
    for kept in FORMS:
        Person.objects.filter(pk=bob.pk).update(password=make_password(kept))
        assert is_let_in(kept)
        assert not is_let_in("Crème brulée")


@pytest.mark.parametrize(
    "weak", ["ｐａｓｓｗｏｒｄ１２３", "１２３４５６７８９０１", "e\u0301a\u0300o\u0302u\u0308"]
)
def test_what_is_weak_is_weak_in_every_form(db, weak):
    with pytest.raises(ValidationError):
        validate_password(weak)


@pytest.fixture
def hashed(monkeypatch) -> list[str]:
    """What was hashed since this list was emptied."""
    done: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(self, password, *words, **named):
        done.append(password)
        return encode(self, password, *words, **named)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    return done


@pytest.mark.parametrize("password", ["wrong", "wrong \u00e9", "wrong e\u0301"])
def test_as_much_is_hashed_for_nobody_as_for_somebody(person, hashed, password):
    person("alice", email="alice@example.org")
    person("closed", email="closed@example.org", is_active=False)
    unusable = person("unusable", email="unusable@example.org")
    unusable.set_unusable_password()
    unusable.save()
    work: dict[str, int] = {}
    for name in ("alice", "closed", "unusable", "nobody"):
        for login in (name, f"{name}@example.org", name.upper()):
            hashed.clear()
            Client(REMOTE_ADDR=f"192.0.2.{len(work)}").post(LOGIN, {"login": login, "password": password})
            work[login] = len(hashed)
    assert set(work.values()) == {1 if unicodedata.is_normalized("NFKC", password) else 2}


@pytest.mark.parametrize("name", ["alice", "closed"])
@pytest.mark.parametrize("by", ["{}", "{}@example.org"])
def test_a_right_password_is_hashed_once(person, hashed, name, by):
    person(name, email=f"{name}@example.org", is_active=name != "closed")
    hashed.clear()
    assert Client().post(LOGIN, {"login": by.format(name), "password": "parley-demo"}).status_code == 302
    assert len(hashed) == 1


def test_two_who_gave_one_address_are_no_more_work(person, hashed):
    for name in ("alice", "bob"):
        person(name, email="both@example.org")
    hashed.clear()
    Client().post(LOGIN, {"login": "both@example.org", "password": "wrong"})
    assert len(hashed) == 1
