"""Reading: the type, what came while one was further up, and long texts."""

from tests.browser.room import Person, enter


def test_headings_are_of_the_font_that_comes_along(person: Person) -> None:
    alice = enter(person("alice"))
    faces = alice.evaluate("document.fonts.load('600 1rem \"Source Serif 4\"').then(found => found.length)")
    assert faces == 1
    family = "getComputedStyle(document.querySelector('h2')).fontFamily"
    assert alice.evaluate(family).startswith('"Source Serif 4"')
