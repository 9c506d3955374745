"""Pages that are drawn once: what is filled in is escaped, and nobody else's."""

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe

from accounts.models import Person
from hypermedia.precompiled import Placeholder, Precompiled
from rooms.models import Room


def filled(template: str, there: tuple[str, ...] = (), **values: object) -> str:
    """`template` drawn with gaps for those of `values` that are there, and filled in."""
    gaps = Context({name: Placeholder(name) for name, value in values.items() if value})
    return Precompiled(Template(template).render(gaps)).fill(values).decode()


def test_values_come_into_their_places():
    assert filled("<p>{{ a }} and {{ b }}, {{ a }}</p>", a="one", b=2) == "<p>one and 2, one</p>"


def test_text_is_escaped_and_markup_is_not():
    assert filled("{{ a }}", a="<b>'\"&") == "&lt;b&gt;&#x27;&quot;&amp;"
    assert filled("{{ a }}", a=mark_safe("<b>")) == "<b>"


def test_what_belongs_to_a_value_is_found_as_in_a_template():
    person = Person(pk=7, username="ana", display_name="Ana <3")

    html = filled("{{ person.pk }} {{ person.name }} {{ person.get_username }}", person=person)

    assert html == "7 Ana &lt;3 ana"


def test_whether_a_value_is_there_can_be_asked():
    template = "{% if a %}<p>{{ a }}</p>{% else %}nothing{% endif %}"

    assert filled(template, a="x") == "<p>x</p>"
    assert filled(template, a="") == "nothing"


@pytest.mark.parametrize("template", ["{% if a.b %}x{% endif %}", "{% for one in a %}x{% endfor %}"])
def test_what_cannot_be_known_when_it_is_drawn_is_refused(template):
    with pytest.raises(TypeError):
        filled(template, a=Person())


def test_a_text_is_never_taken_for_a_gap():
    assert filled("{{ a }} {{ b }}", a=str(Placeholder("b")), b="secret") == f"{Placeholder('b')} secret"


@pytest.mark.parametrize("slug", ["general", "новости"])
def test_an_address_is_made_around_a_gap(slug):
    assert filled("{% url 'room' room.slug %}", room=Room(slug=slug)) == f"/rooms/{slug}/"
