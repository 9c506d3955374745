"""Marks in the place of times, and what fills them in."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext

from hypermedia import locales
from hypermedia.locales import EDGE, fill, for_all_readers, local, locale_of

MOMENT = datetime.datetime(2026, 3, 1, 11, tzinfo=datetime.UTC)
AUCKLAND, LOS_ANGELES = (
    locale_of(ZoneInfo(zone), "en") for zone in ("Pacific/Auckland", "America/Los_Angeles")
)


@pytest.fixture(autouse=True)
def forms(monkeypatch) -> None:
    """The forms of these tests alone, and nothing remembered of others."""
    monkeypatch.setattr(
        locales,
        "FORMS",
        {
            "clock": lambda at: f"{at:%d %H:%M}",
            "between": lambda at, before: f"{at - before}",
        },
    )
    locales._filled.cache_clear()


def test_one_text_is_filled_in_for_each_zone():
    html = f"<b>{local('clock', MOMENT)}</b> and <i>{local('clock', MOMENT)}</i>"

    assert fill(html, AUCKLAND) == "<b>02 00:00</b> and <i>02 00:00</i>"
    assert fill(html, LOS_ANGELES) == "<b>01 03:00</b> and <i>01 03:00</i>"


def test_a_form_may_be_of_two_moments():
    before = MOMENT - datetime.timedelta(hours=1)

    assert fill(local("between", MOMENT, before), AUCKLAND) == "1:00:00"


def test_a_text_without_a_mark_is_itself():
    html = "<p>12:00</p>"

    assert fill(html, AUCKLAND) is html


@pytest.mark.parametrize(
    "text",
    [
        "one \0, and \0 two", "\0\0", "\0clock\0", "\0clock x\0", "\0clock 1 2 3\0", "\0clock 123456789012\0",
        "\0Clock 1\0", "\0clock -1\0", "\0 1\0", "\0=\0", "\0=0\0", "\0= x\0", "\0# 1 x\0", "\0#0 1 x\0",
    ],
)  # fmt: skip
def test_what_somebody_has_typed_stays_and_moves_nothing(text: str):
    """A text that was refused for its NUL is shown to its sender again."""
    assert fill(f"{text} {local('clock', MOMENT)} {text}", AUCKLAND) == f"{text} 02 00:00 {text}"


def test_a_form_that_nobody_knows_is_not_filled_in():
    assert fill(f"{EDGE}nothing 1{EDGE}.", AUCKLAND) == "nothing 1."


def test_the_last_moment_that_a_mark_can_say_is_one():
    assert fill(f"{EDGE}clock {'9' * 11}{EDGE}", LOS_ANGELES) == "16 01:46"


GERMAN, SPANISH = locale_of(ZoneInfo("UTC"), "de"), locale_of(ZoneInfo("UTC"), "es")


def shared(template: str, **values: object) -> str:
    """A template as it is rendered for all readers."""
    with for_all_readers():
        return Template("{% load i18n %}" + template).render(Context(values))


def test_words_are_those_of_each_reader():
    """With Django's own catalogues."""
    html = shared('<b>{% translate "May" %}</b>')
    assert [fill(html, reader) for reader in (AUCKLAND, GERMAN, SPANISH)] == [
        "<b>May</b>",
        "<b>Mai</b>",
        "<b>mayo</b>",
    ]


def test_words_have_values_in_their_gaps():
    html = shared(
        "{% blocktranslate %}{{ first }} signed in & {{ second }}{% endblocktranslate %}",
        first="<",
        second="%s",
    )
    assert fill(html, GERMAN) == "&lt; signed in &amp; %s"


@pytest.mark.parametrize(("number", "said"), [(1, "1\xa0Minute"), (2, "2\xa0Minuten")])
def test_words_go_by_a_number(number: int, said: str):
    html = shared("{{ then|timesince:now }}", then=MOMENT, now=MOMENT + datetime.timedelta(minutes=number))
    assert fill(html, GERMAN) == said


def test_words_have_a_context_and_quotation_marks():
    html = shared("{% translate 'Dec.' context 'abbrev. month' %} {% translate \"It's <so>\" %}")
    assert fill(html, GERMAN) == "Dez. It&#x27;s &lt;so&gt;"


def test_spaces_that_no_line_breaks_at_stay():
    assert fill(shared("{{ size|filesizeformat }}", size=1), GERMAN) == "1\xa0Byte"


def test_within_a_page_in_one_language_what_is_shared_stays_so():
    with translation.override("de"):
        with for_all_readers(), translation.override("es"):
            pass
        assert gettext("May") == "Mai"
        assert fill(shared('{% translate "May" %}'), SPANISH) == "mayo"


@pytest.mark.parametrize("text", ["\0=0 May\0", "\0=9 May\0", "\0#0 2 %(num)d minute\2x\0", "\0=0 <b>\0"])
def test_whoever_types_a_mark_reads_words_and_breaks_nothing(text: str):
    assert "<" not in fill(escape(text), GERMAN)


@pytest.mark.parametrize(
    ("words", "string"),
    [
        (" typing …", '" typing …"'),
        ('a "quotation"', r'"a \22 quotation\22 "'),
        (r"a\b", r'"a\5c b"'),
        ("</style>", r'"\3c /style\3e "'),
        ("two\nlines", r'"two\a lines"'),
    ],
)
def test_words_in_a_style_end_nothing(words: str, string: str) -> None:
    html = Template("{% load locales %}{{ words|in_style }}").render(Context({"words": words}))

    assert html == string


def test_marks_are_a_language_also_where_settings_of_languages_were_changed(settings):
    settings.LANGUAGES = [("en", "English")]
    assert fill(shared('{% translate "May" %}'), AUCKLAND) == "May"
