"""What people fill in about rooms."""

from django import forms

from accounts.forms import Labelled
from accounts.plain_text import clean_line
from rooms.models import Room


class RoomForm(Labelled, forms.ModelForm):
    """A new room: its `instance` has what the fields say, whichever these are."""

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
        return name
