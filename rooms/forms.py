"""What people fill in about rooms."""

from typing import Any

from django import forms
from django.utils.html import format_html

from accounts.forms import Labelled
from accounts.models import Person
from accounts.plain_text import clean_line
from rooms.models import Room
from rooms.name_lookup import room_like


class RoomForm(Labelled, forms.ModelForm):
    """A new room of `person`: its `instance` has what the fields say, whichever these are."""

    def __init__(self, *args: Any, person: Person | None = None, **named: Any) -> None:
        super().__init__(*args, **named)
        self.person = person

    class Meta:
        model = Room
        fields = ("name", "topic")
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
            "topic": forms.TextInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {"topic": "What it is about. You can leave it empty."}

    def clean_name(self) -> str:
        """As it is stored, with something in it that its address can be made of."""
        name = clean_line(self.cleaned_data["name"])
        if not any(character.isalnum() for character in name):
            raise forms.ValidationError("A name needs a letter or a digit.")
        there = room_like(self.person, name) if self.person else None
        if there is not None:
            raise forms.ValidationError(
                format_html(
                    'There is a room called <a href="{}">{}</a>.', there.get_absolute_url(), there.name
                ),
                code="taken",
            )
        return name
