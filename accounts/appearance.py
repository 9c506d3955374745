"""How pages look to somebody: what they chose, as classes of <html>, which the style sheets know.

Kept as that text, in one column: a page puts it into its place, and asks nothing.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# What can be chosen: by its name, the class of each choice and the words for it. The usual has none.
CHOICES: dict[str, tuple[tuple[str, str | Promise], ...]] = {
    "scheme": (("", _("As my system has it")), ("scheme-light", _("Light")), ("scheme-dark", _("Dark"))),
    "density": (("", _("Roomy")), ("is-compact", _("Compact"))),
    "text_size": (
        ("text-small", _("Small")),
        ("", _("As it is")),
        ("text-large", _("Large")),
        ("text-larger", _("Larger")),
    ),
    "motion": (("", _("As my system has it")), ("is-still", pgettext_lazy("motion", "None"))),
    "links": (("", _("As they are")), ("has-underlines", _("Underlined"))),
    "banners": (
        ("", _("When somebody signs in")),
        ("banners-all", _("Whenever somebody comes or goes")),
        ("banners-none", _("Never")),
    ),
}

# On a phone what is around a page has the colour of its bar: templates/page.html has those of each system.
THEME_COLOURS = {"scheme-light": "#fbf8f2", "scheme-dark": "#171f31"}


def classes(chosen: Mapping[str, str]) -> str:
    """The classes of what was chosen, by its name, in one text."""
    known = (one for name, choices in CHOICES.items() for one, _ in choices if one == chosen.get(name))
    return " ".join(filter(None, known))


def choices_in(text: str) -> dict[str, str]:
    """What was chosen, by its name, where `classes` gave that text."""
    there = set(text.split())
    return {name: next((one for one, _ in choices if one in there), "") for name, choices in CHOICES.items()}


def theme_colour(text: str) -> str:
    """The colour around a page of somebody with these classes; an empty text where their system says it."""
    return THEME_COLOURS.get(choices_in(text)["scheme"], "")
