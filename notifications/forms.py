"""What somebody says about their mail, and the other ways by which they are told."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.validators import RegexValidator

from accounts.forms import Labelled
from notifications.models import DELAYS, USUAL_DELAY, MailPreferences, Way

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


KEPT = "There is one, shown to nobody. Leave this empty to keep it; another server needs its own."
# What ntfy takes for a topic; and what may stand in a header.
TOPIC = RegexValidator(r"^[-_A-Za-z0-9]{1,64}\Z", "A topic has letters, digits, - and _, 64 at most.")
TOKEN = RegexValidator(r"^[!-~]+\Z", "A token has letters, digits and signs, and no spaces.")


class WayForm(Labelled, forms.ModelForm):
    """A way of any kind: the classes below say what each has."""

    address = forms.URLField(max_length=500, assume_scheme="https")
    after_minutes = forms.TypedChoiceField(
        label="Tell me what I have not read",
        coerce=int,
        initial=USUAL_DELAY,
        choices=[(minutes, WORDS[minutes]) for minutes in DELAYS],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Way
        fields: tuple[str, ...] = ("address", "topic", "after_minutes", "with_text")
        labels = {"with_text": "With what was said"}
        help_texts = {
            "with_text": "Otherwise it says who wrote, where, and how much: the server learns no more."
        }

    def clean_address(self) -> str:
        """Of the web, and without a name and a password in it, which everything would write down."""
        address = self.cleaned_data["address"]
        try:
            parts = urlsplit(address)
            is_plain = parts.scheme in ("http", "https") and "@" not in parts.netloc and parts.port != 0
        except ValueError:
            is_plain = False
        if not is_plain:
            raise forms.ValidationError("An address begins with https:// or http://, and has no password.")
        return address

    @property
    def chosen(self) -> dict[str, Any]:
        """What is to be stored; a secret only where one was given, or is to go."""
        chosen = dict(self.cleaned_data)
        if not chosen.get("secret", ""):
            chosen.pop("secret", None)
            if self._goes_elsewhere and "secret" in self.fields:
                chosen["secret"] = ""
        return chosen

    @property
    def _goes_elsewhere(self) -> bool:
        """Whether the address is another: no secret of one server is sent to another without being given."""
        return bool(self.instance.pk) and "address" in self.changed_data


class ServerForm(WayForm):
    """A server that wants to see a token."""

    secret = forms.CharField(
        max_length=200,
        required=False,
        validators=[TOKEN],
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )
    field_order = ("address", "topic", "secret")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].label = "Server"
        if self.instance.secret:
            self.fields["secret"].help_text = KEPT


class NtfyForm(ServerForm):
    """ntfy, its own server or another."""

    topic = forms.CharField(
        validators=[TOPIC],
        help_text="Whoever knows it can read it, unless it is reserved: take one that nobody guesses.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].initial = "https://ntfy.sh"
        self.fields["secret"].label = "Access token, where the topic needs one"


class GotifyForm(ServerForm):
    """A server of Gotify."""

    class Meta(WayForm.Meta):
        fields = ("address", "after_minutes", "with_text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].label = "Token of the application"

    def clean(self) -> dict[str, Any]:
        """Nothing reaches Gotify without a token."""
        cleaned = super().clean() or self.cleaned_data
        has_one = self.instance.secret and not self._goes_elsewhere
        if not self.errors and not cleaned.get("secret") and not has_one:
            self.add_error("secret", "Gotify needs the token of an application.")
        return cleaned


class WebhookForm(WayForm):
    """A program of one's own; what it is signed with is made here."""

    class Meta(WayForm.Meta):
        fields = ("address", "after_minutes", "with_text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].label = "Address"


FORMS: dict[str, type[WayForm]] = {
    Way.Kind.NTFY: NtfyForm,
    Way.Kind.GOTIFY: GotifyForm,
    Way.Kind.WEBHOOK: WebhookForm,
}
