"""How a field of a form is drawn where Django's own way takes too long."""

from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """One of hundreds of choices without groups: the time zones, say.

    Django draws each option by templates of its own, which is most of such a page's time.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The element, with the option of `value` selected."""
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        chosen = f'<option value="{escape("" if value is None else value)}"'
        # Words in the language of the page: what is kept is kept for each.
        choices = tuple((value, str(label)) for value, label in self.choices)
        options = drawn_options(choices).replace(chosen, f"{chosen} selected", 1)
        # Of what is escaped, more of the same.
        return format_html("<select{}>{}</select>", attributes, SafeString(options))


@lru_cache(8)
def drawn_options(choices: tuple[tuple[Any, Any], ...]) -> str:
    """The options of some choices, none of them selected."""
    return format_html_join("", '<option value="{}">{}</option>', choices)
