"""What somebody says about their programs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import Labelled, NameField
from accounts.models import Person
from integrations.models import Hook, OutgoingHook, Token
from rooms.models import Room

NAME_LENGTH = 60
DAYS = (
    ("30", _("In 30 days")), ("90", _("In 90 days")), ("365", _("In a year")),
    ("", pgettext_lazy("end", "Never")),
)  # fmt: skip


class TokenForm(Labelled, forms.Form):
    """A token to be made for a person, or for a bot."""

    name = NameField(
        label=_("What it is for"), max_length=NAME_LENGTH, help_text=_("So that you know it again.")
    )
    scope = forms.ChoiceField(
        label=_("What it lets a program do"),
        choices=Token.Scope.choices,
        widget=forms.RadioSelect,
        initial="read",
    )
    days = forms.TypedChoiceField(
        label=pgettext_lazy("token", "It ends"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=DAYS,
        initial="90",
    )
    rooms = forms.ModelMultipleChoiceField(
        label=_("Only in these rooms"),
        required=False,
        queryset=Room.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("If you choose none, it is for all of them, also those to come."),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        # On the page of a bot another form has a name.
        super().__init__(*args, auto_id="token-%s", **kwargs)
        self.fields["rooms"].queryset = Room.objects.of(person).named().current().by_name()  # type: ignore[attr-defined]


class BotForm(Labelled, forms.Form):
    """What a bot is called."""

    name = NameField(label=_("Name"), max_length=NAME_LENGTH, help_text=_("What others see."))


class HookForm(Labelled, forms.ModelForm):
    """A new incoming hook."""

    class Meta:
        model = Hook
        fields: tuple[str, ...] = ("kind", "name", "secret", "buttons_to")
        labels = {
            "kind": _("What speaks"),
            "name": _("What it is called"),
            "secret": _("Its secret"),
            "buttons_to": _("Where its buttons lead"),
        }
        help_texts = {
            "secret": _("Only where the other side gives one, as Sentry does: GitHub and GitLab get one.")
        }


class HookChangeForm(HookForm):
    """What may be otherwise about one."""

    class Meta(HookForm.Meta):
        fields: tuple[str, ...] = ("name", "secret", "buttons_to")


class OutgoingForm(Labelled, forms.ModelForm):
    """A new outgoing hook, or a command."""

    class Meta:
        model = OutgoingHook
        fields: tuple[str, ...] = ("kind", "name", "address", "words", "hint")
        labels = {
            "kind": _("What it is told"), "name": _("What it is called"), "address": _("Its address"),
            "words": _("Words"), "hint": _("What it does"),
        }  # fmt: skip
        help_texts = {
            "words": _(
                "It hears messages that begin with one of them; with none, all. For a command: its name."
            ),
            "hint": _("In /help and suggestions, for a command."),
        }


class OutgoingChangeForm(OutgoingForm):
    """What may be otherwise about one."""

    class Meta(OutgoingForm.Meta):
        fields: tuple[str, ...] = ("name", "address", "words", "hint")
