"""What somebody says about their mail."""

from typing import Any

from django import forms

from accounts.forms import Labelled
from notifications.models import DELAYS, MailPreferences

NEVER = ("", "Never")
WORDS = {1: "At once", 2: "After 2 minutes", 10: "After 10 minutes", 60: "After an hour"}


class PreferencesForm(Labelled, forms.ModelForm):
    """Of what there is a mail, and when."""

    after_minutes = forms.TypedChoiceField(
        label="Mail me what I have not read",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[*((minutes, WORDS[minutes]) for minutes in DELAYS), NEVER],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = MailPreferences
        fields = ("after_minutes", "direct", "mentions", "quiet_from", "quiet_until")
        labels = {
            "direct": "Direct messages",
            "mentions": "Messages that name me, answer me, or call a whole room",
            "quiet_from": "From",
            "quiet_until": "Until",
        }
        widgets = {
            name: forms.TimeInput({"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_until")
        }

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two ends, or none."""
        cleaned = super().clean() or self.cleaned_data
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if not self.errors and (begin is None) != (end is None):
            missing = "quiet_from" if begin is None else "quiet_until"
            self.add_error(missing, "Quiet hours need a beginning and an end.")
        return cleaned
