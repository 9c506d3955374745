"""Lists of people are kept rendered, and right the moment that somebody in them is called otherwise."""

import random
import re
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts import render
from accounts.models import Community, Person
from accounts.render import DOTS_LENGTH, LIST_LENGTH, list_changed, people_list
from hypermedia.joining import join
from tests.page import Page


@pytest.fixture
def listed(alice, bob) -> Callable[[], str]:
    """The list of alice and bob, rendered once before."""

    def html() -> str:
        return people_list("online", [alice.pk, bob.pk]).html

    assert ">alice</a>" in html()
    return html


def revision() -> tuple[int, int]:
    return Community.current().seen_people


def test_a_list_is_rendered_once(alice, bob, django_assert_num_queries):
    known = revision()
    with django_assert_num_queries(1):
        first = people_list("online", [alice.pk, bob.pk], known)
    with django_assert_num_queries(0):
        assert people_list("online", {bob.pk, alice.pk}, known) is first


def test_a_bot_is_marked(person, alice):
    html = people_list("here", [person("builds", is_bot=True).pk, alice.pk]).html

    assert re.search(r">builds</a>\s*<span class=\"mark bot\">", html)
    assert html.count("mark bot") == 1


def test_a_new_name_from_the_profile(listed, alice, client_of):
    client_of(alice).post("/accounts/profile/", {"display_name": "Alice & co", "hue": "", "time_zone": ""})

    assert ">Alice &amp; co</a>" in listed()
    assert ">alice</a>" not in listed()


def test_a_new_colour_from_the_profile(listed, alice, client_of):
    client_of(alice).post("/accounts/profile/", {"display_name": "", "hue": "3", "time_zone": ""})

    assert "class=hue-3 " in listed()


def test_a_new_name_from_the_administration(listed, bob, client_of, administrator):
    client = client_of(administrator)
    address = f"/admin/accounts/person/{bob.pk}/change/"
    form = client.get(address).context["adminform"].form
    fields = ("email", "display_name", "time_zone", "hue")
    values = {name: form.initial[name] or "" for name in fields}
    dates = {
        f"{name}_{part}": "2026-01-01" if part == "0" else "10:00"
        for name in ("last_login", "date_joined")
        for part in "01"
    }

    response = client.post(
        address, values | dates | {"username": "robert", "is_active": "on", "role": "member"}
    )

    assert response.status_code == 302, response.context["errors"]
    assert ">robert</a>" in listed()


def test_a_new_name_for_many_at_once(listed):
    Person.objects.update(display_name="The same")

    assert listed().count(">The same</a>") == 2


def test_a_new_name_in_another_process(listed, alice):
    Community.objects.create()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_person SET display_name = 'Elsewhere' WHERE id = %s", [alice.pk])
        cursor.execute("UPDATE accounts_community SET people_revision = people_revision + 1")

    assert ">Elsewhere</a>" in listed()


def test_somebody_who_is_deleted(listed, bob):
    bob.delete()

    assert ">bob</a>" not in listed()


def test_a_change_that_is_taken_back_counts_as_none(alice):
    before = revision()
    with transaction.atomic():
        alice.display_name = "Nobody"
        alice.save()
        transaction.set_rollback(True)

    assert revision() == before


def test_what_nobody_sees_is_not_counted(alice, client_of, person):
    before = revision()

    client_of(alice)
    alice.set_password("another-parley-demo")
    alice.save(update_fields=["password"])
    person("dora")

    assert revision() == before


def test_whoever_renames_the_community_takes_no_count_back(alice):
    alice.save()
    community = Community.objects.get()
    alice.save()
    counted = revision()

    community.name = "The Crew"
    community.save()

    assert (Community.current().name, revision()) == ("The Crew", counted)


def test_a_site_without_a_name_counts_as_well(alice):
    Community.objects.all().delete()

    alice.save()

    assert revision() == (1, 0)


def test_a_long_list_says_how_many_more_there_are_and_keeps_their_dots(db):
    count = LIST_LENGTH + DOTS_LENGTH + 5
    Person.objects.bulk_create(Person(username=f"guest-{number:03}") for number in range(count))
    ids = list(Person.objects.order_by("pk").values_list("pk", flat=True))

    online, here = people_list("online", ids), people_list("here", ids)

    assert online.count == here.count == count
    assert online.html.count("initials=") == here.html.count("initials=") == LIST_LENGTH
    assert f"and {count - LIST_LENGTH} more" in online.html
    assert all(f'id="on-{pk}"/>' in online.html + online.dots_html for pk in ids[: LIST_LENGTH + DOTS_LENGTH])
    assert online.dots_html.count("<circle") == LIST_LENGTH + DOTS_LENGTH
    assert "<circle" not in here.html + here.dots_html


def test_of_very_many_only_the_number_is_said_and_nothing_is_asked(
    db, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(render, "MOST_NAMED", 3)

    with django_assert_num_queries(0):
        many = people_list("online", {1, 2, 3, 4})
        changed = list_changed("online", {1, 2, 3, 4, 5}, {5}, set())

    assert "4 people" in many.html
    assert ">5<" in changed
    assert "5 people" in changed
    assert "<circle" not in changed


@pytest.mark.parametrize("which", ["online", "here"])
@pytest.mark.parametrize("seed", range(4))
def test_a_long_list_is_right_after_any_coming_and_going(db, monkeypatch, which, seed):
    monkeypatch.setattr(render, "LIST_LENGTH", 5)
    monkeypatch.setattr(render, "DOTS_LENGTH", 4)
    # So many come and go that the list is at times a number alone.
    monkeypatch.setattr(render, "MOST_NAMED", 8 if seed % 2 else render.MOST_NAMED)
    chance = random.Random(seed)
    Person.objects.bulk_create(
        Person(username=f"guest-{number:02}", display_name=chance.choice("BcDeé中") + str(number % 7))
        for number in range(16)
    )
    everybody = set(Person.objects.values_list("pk", flat=True))
    ids = set(chance.sample(sorted(everybody), 6))
    page = Page(shown(which, ids))
    for _ in range(40):
        left = set(chance.sample(sorted(ids), chance.randint(0, min(3, len(ids)))))
        arrived = set(chance.sample(sorted(everybody - ids), chance.randint(0, min(3, len(everybody - ids)))))
        ids = (ids - left) | arrived

        for frame in join(list_changed(which, ids, arrived, left)):
            page.apply(frame)

        assert said(page, which) == said(Page(shown(which, ids)), which)


def shown(which: str, ids: set[int]) -> str:
    """What a page that is loaded shows of a list."""
    people = people_list(which, ids)
    return (
        f'<b data-count="{which}">{people.count}</b><ul id="{which}">{people.html}</ul>'
        f'<svg id="{which}-dots">{people.dots_html}</svg>'
    )


def said(page: Page, which: str) -> tuple[str, set[str], str]:
    """The rows in their order, the dots in any, and the number."""
    rows, dots = page.find(f"#{which}"), page.find(f"#{which}-dots")
    return str(rows), {str(dot) for dot in dots.find_all("svg")}, page.find(f"[data-count={which}]").text
