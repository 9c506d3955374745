"""What people fill in about rooms."""

from typing import Any, ClassVar

from django import forms
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import Labelled
from accounts.models import Person
from accounts.plain_text import clean_line
from rooms.models import Room, RoomAddress
from rooms.models.room import RESERVED
from rooms.name_lookup import room_like

KINDS = (
    (Room.Kind.OPEN, gettext_lazy("Open: everybody finds it, and may read and join")),
    (Room.Kind.CLOSED, gettext_lazy("Closed: its members alone know of it, and add others")),
)
HOURS = 3600
# As long as slow mode may hold anybody up, seconds; as long as anything is kept, in days: ten years.
SLOW_LIMIT = 6 * HOURS
RETENTION_LIMIT = 3650


def _called_so(room: Room) -> SafeString:
    """That there is such a room already, with a link to it."""
    link = format_html('<a href="{}">{}</a>', room.get_absolute_url(), room.name)
    return SafeString(escape(_("There is a room called %(room)s.")) % {"room": link})


class RoomForm(Labelled, forms.ModelForm):
    """A new room of `person`: its `instance` has what the fields say, whichever these are."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Who may come in"), choices=KINDS, widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args: Any, person: Person | None = None, **named: Any) -> None:
        super().__init__(*args, **named)
        self.person = person
        self.fields["kind"].initial = Room.Kind.OPEN

    class Meta:
        model = Room
        fields = ("name", "topic", "kind")
        labels = {"name": gettext_lazy("Name"), "topic": gettext_lazy("Topic")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
            "topic": forms.TextInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {"topic": gettext_lazy("What it is about. You can leave it empty.")}

    def clean_kind(self) -> str:
        """Open, where nothing is said."""
        return self.cleaned_data["kind"] or Room.Kind.OPEN

    def clean_name(self) -> str:
        """As it is stored, with something in it that its address can be made of."""
        name = clean_line(self.cleaned_data["name"])
        if not any(character.isalnum() for character in name):
            raise forms.ValidationError(_("A name needs a letter or a digit."))
        there = room_like(self.person, name, self.instance.pk) if self.person else None
        if there is not None:
            raise forms.ValidationError(
                _called_so(there),
                code="taken",
            )
        return name


class RoomSettingsForm(RoomForm):
    """What a moderator may change about a room: its `instance` has what the fields say."""

    slow_seconds = forms.IntegerField(
        label=gettext_lazy("Slow mode"), min_value=0, max_value=SLOW_LIMIT, required=False,
        help_text=gettext_lazy(
            "Seconds that everybody but its moderators waits between two messages. 0 for none."
        ),
    )  # fmt: skip
    retention_days = forms.IntegerField(
        label=gettext_lazy("Keep messages for"), min_value=1, max_value=RETENTION_LIMIT, required=False,
        help_text=gettext_lazy(
            "Days, after which they are deleted with their files, for everybody. Empty for ever."
        ),
    )  # fmt: skip

    class Meta:
        model = Room
        fields = ("name", "topic", "slug", "kind", "who_posts", "who_calls", "slow_seconds", "retention_days")
        widgets: ClassVar[dict[str, Any]] = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "topic": forms.TextInput(attrs={"autocomplete": "off"}),
            "slug": forms.TextInput(
                attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
            ),
            "who_posts": forms.RadioSelect,
            "who_calls": forms.RadioSelect,
        }
        labels = {
            "name": gettext_lazy("Name"),
            "topic": gettext_lazy("Topic"),
            "slug": gettext_lazy("Address"),
            "who_posts": gettext_lazy("Who writes here"),
            "who_calls": gettext_lazy("Who may call @room"),
        }
        help_texts = {
            "topic": gettext_lazy("What it is about. You can leave it empty."),
            "slug": gettext_lazy("The last part of it; the old one leads on."),
        }

    def clean_slug(self) -> str:
        """An address that no other room has; where one had it once, it leads there no longer."""
        slug = self.cleaned_data["slug"].lower()
        if slug in RESERVED or Room.objects.filter(slug=slug).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another room has that address."), code="taken")
        if RoomAddress.objects.filter(slug=slug).exclude(room=self.instance.pk).exists():
            raise forms.ValidationError(
                _("That address leads to another room, which had it before."), code="taken"
            )
        return slug

    def clean_slow_seconds(self) -> int:
        """None, where nothing is said."""
        return self.cleaned_data["slow_seconds"] or 0
