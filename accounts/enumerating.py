"""Names in a row, as the current language joins them."""

from collections.abc import Iterable
from functools import reduce

from django.utils.translation import gettext as _


def either(names: Iterable[str]) -> str:
    """“Ana or Bo or Cy”; an empty text where there is nobody. Markup in `names` stays what it is."""
    return reduce(_or, names) if (names := list(names)) else ""


def _or(names: str, last: str) -> str:
    return _("%(names)s or %(last)s") % {"names": names, "last": last}
