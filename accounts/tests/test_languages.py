"""In which language pages are: what somebody chose, else what their browser asks for, else the site's."""

import datetime
import io
import smtplib
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.utils import translation
from django.utils.html import escape

from accounts.broadcasts import NamedPerson, sentence_of
from accounts.enumerating import either
from accounts.mail_problems import in_words, words_about
from accounts.models import AuditEntry, Person
from accounts.pictures import BadImage, square_picture
from hypermedia.locales import fill, for_all_readers, locale_of
from tests.sockets import Sockets

ADDRESS = "/accounts/profile/"
GERMAN = "Wie Seiten für dich aussehen"


@pytest.fixture(autouse=True)
def words(translated: Callable) -> None:
    """What is said in German here."""
    translated("de", {"How pages look to you": GERMAN, "an hour": "eine Stunde"})


def test_it_is_the_one_chosen(client_of, person):
    page = client_of(person("alice", language="de")).get(ADDRESS, headers={"accept-language": "es"})
    html = page.content.decode()
    assert '<html lang="de"' in html
    assert GERMAN in html
    assert "How pages look to you" not in html


def test_else_what_the_browser_asks_for(client_of, alice):
    html = client_of(alice).get(ADDRESS, headers={"accept-language": "fr,de;q=0.8,en;q=0.5"}).content.decode()
    assert '<html lang="de"' in html
    assert GERMAN in html


@pytest.mark.parametrize("header", ["", "fr", "xx-klingon;q=2"])
def test_else_the_sites(client_of, alice, settings, header: str):
    settings.LANGUAGE_CODE = "es"
    html = client_of(alice).get(ADDRESS, headers={"accept-language": header}).content.decode()
    assert '<html lang="es"' in html


def test_who_is_not_signed_in_has_the_browsers(client, alice):
    page = client.get("/accounts/login/", headers={"accept-language": "ar"}).content.decode()
    assert '<html lang="ar"' in page
    assert ' dir="rtl">' in page


def test_arabic_is_written_from_right_to_left(client_of, person):
    html = client_of(person("alice", language="ar")).get(ADDRESS).content.decode()
    assert '<html lang="ar"' in html
    assert ' dir="rtl">' in html


def test_others_are_not(client_of, person):
    assert ' dir="rtl">' not in client_of(person("alice", language="de")).get(ADDRESS).content.decode()


async def test_what_is_chosen_ends_open_pages(sockets: Sockets, alice, bob) -> None:
    client = await sockets.client("alice")
    page, bobs = await sockets("/ws/live/", client), await sockets("/ws/live/", "bob")
    answer = await sync_to_async(client.post)(ADDRESS, {"language": "de", "hue": "", "time_zone": ""})
    assert answer.status_code == 303
    assert await page.closed() == 4409
    assert "Your time zone or language has changed" in page.texts[-1]
    assert (await Person.objects.aget(pk=alice.pk)).language == "de"
    await (await sockets("/ws/live/?language=de", client)).resume(0)
    await bobs.resume(0)


@pytest.mark.parametrize("language", ["xx", "x-marks", "de-AT"])
def test_an_unknown_one_is_refused_with_a_sentence(client_of, alice, language: str):
    answer = client_of(alice).post(ADDRESS, {"language": language, "hue": "", "time_zone": ""})
    assert answer.status_code == 422
    assert "is not one of the available choices" in answer.content.decode()
    alice.refresh_from_db()
    assert alice.language == ""


def test_the_verb_goes_by_how_many_there_are(translated):
    translated(
        "de",
        {
            ("%(names)s signed in.", 0): "%(names)s hat sich angemeldet.",
            ("%(names)s signed in.", 1): "%(names)s haben sich angemeldet.",
            ("%(names)s and %(count)d other", 0): "%(names)s und %(count)d weitere",
            ("%(names)s and %(count)d other", 1): "%(names)s und %(count)d weitere",
            "%(names)s and %(last)s": "%(names)s und %(last)s",
        },
    )
    people: list[NamedPerson] = [
        (number, name, None, "") for number, name in enumerate(("<Ana>", "100% Bo", "Cy"))
    ]

    def said(count: int) -> str:
        with for_all_readers():
            text = escape(sentence_of([("signed_in", person) for person in people[:count]]))
        return fill(text, locale_of(datetime.UTC, "de"))

    assert said(1) == "&lt;Ana&gt; hat sich angemeldet."
    assert said(2) == "&lt;Ana&gt; und 100% Bo haben sich angemeldet."
    assert said(3) == "&lt;Ana&gt;, 100% Bo und 1 weitere haben sich angemeldet."


def test_a_mail_about_an_account_is_in_the_language_of_its_owner(
    client_of, person, administrator, translated, mailoutbox, django_capture_on_commit_callbacks
):
    """Whoever did it."""
    translated("de", {"An address is removed": "Eine Adresse ist entfernt"})
    bob = person("bob", language="de")
    address = bob.emailaddress_set.create(email="bob@example.org", primary=True, verified=True)
    place = f"/admin/account/emailaddress/{address.pk}/delete/"
    with django_capture_on_commit_callbacks(execute=True):
        client_of(administrator).post(place, {"post": "yes"}, headers={"accept-language": "es"})
    assert [mail.subject for mail in mailoutbox] == ["Eine Adresse ist entfernt"]


def test_who_has_an_address_already_reads_that_in_their_language(client, person, translated, mailoutbox):
    translated("de", {"You have an account already": "Du hast schon ein Konto"})
    bob = person("bob", language="de")
    bob.emailaddress_set.create(email="bob@example.org", primary=True, verified=True)
    new = {"username": "new", "email": "bob@example.org", "password1": "a new horse 10"}
    client.post("/accounts/signup/", new, headers={"accept-language": "es"})
    assert [mail.subject for mail in mailoutbox] == ["Du hast schon ein Konto"]
    assert '<html lang="de">' in mailoutbox[0].alternatives[0].content


def test_what_is_no_page_of_a_view_is_in_it_as_well(client_of, person, translated):
    """405, and what the header says."""
    answer = client_of(person("alice", language="de")).delete(ADDRESS, headers={"accept-language": "es"})
    assert answer.status_code == 405
    assert answer["Content-Language"] == "de"
    assert '<html lang="de"' in answer.content.decode()


def test_what_cannot_be_read_is_refused_in_the_browsers(client, alice):
    answer = client.post(
        "/accounts/login/", "a=1", content_type="application/x-www-form-urlencoded; charset=utf-16",
        headers={"accept-language": "de"},
    )  # fmt: skip
    assert answer.status_code == 400
    assert '<html lang="de"' in answer.content.decode()


@pytest.mark.parametrize(
    ("names", "said"),
    [((), ""), (("A",), "A"), (("A", "B"), "A oder B"), (("A", "B", "C"), "A oder B oder C")],
)
def test_names_are_joined_as_the_language_joins_them(translated, names: tuple[str, ...], said: str):
    translated("de", {"%(names)s or %(last)s": "%(names)s oder %(last)s"})
    with translation.override("de"):
        assert either(names) == said


def test_why_a_mail_waits_is_stored_in_english_and_read_in_each_language(translated):
    translated("de", {"The mail server did not take it. It said: %(answer)s": "Nein: %(answer)s"})
    stored = words_about(smtplib.SMTPHeloError(500, b"100% no\nnever"))
    assert stored == "The mail server did not take it. It said: 500 100% no never"
    with translation.override("de"):
        assert in_words(stored) == "Nein: 500 100% no never"
        assert in_words("something else") == "something else"


def test_what_is_wrong_with_a_picture_is_a_whole_sentence(translated):
    translated("de", {"%(name)s is damaged, or no picture at all.": "%(name)s ist beschädigt"})
    with pytest.raises(BadImage) as bad:
        square_picture(io.BytesIO(b"no picture"))
    with translation.override("de"):
        assert bad.value.of("100%.png") == "100%.png ist beschädigt"
    assert str(bad.value) == "That file is damaged, or no picture at all."


def test_the_buttons_of_orders_are_whole_sentences(client_of, person, translated):
    translated("de", {"Order rooms by activity": "Räume nach Aktivität ordnen"})
    html = client_of(person("alice", language="de")).get(ADDRESS).content.decode()
    assert "Räume nach Aktivität ordnen" in html


def test_the_audit_is_english_whoever_did_it(client_of, person, alice):
    """It is read by everybody who keeps order."""
    owner = person("olga", role="owner", language="de")
    page = client_of(owner).post(
        f"/administration/people/{alice.pk}/", {"do": "mute", "minutes": "60"}, follow=True
    )
    assert "eine Stunde" in page.content.decode()
    assert AuditEntry.objects.get().details.startswith("for an hour, until ")
