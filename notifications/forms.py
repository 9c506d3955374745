"""What somebody says about their mail, and the other ways by which they are told."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms import Labelled
from accounts.models import Person
from accounts.plain_text import clean_line, shortened
from notifications import watching
from notifications.models import (
    DELAYS,
    USUAL_DELAY,
    WORD_LENGTH,
    WORDS_AT_MOST,
    Digest,
    MailPreferences,
    Way,
)
from notifications.preferences import is_waiting

NEVER = ("", _("Never"))
DAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip
WORDS = {1: _("At once"), 2: _("After 2 minutes"), 10: _("After 10 minutes"), 60: _("After an hour")}


class PreferencesForm(Labelled, forms.ModelForm):
    """Of what there is a mail, and when."""

    after_minutes = forms.TypedChoiceField(
        label=_("Mail me what I have not read"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[*((minutes, WORDS[minutes]) for minutes in DELAYS), NEVER],
        widget=forms.RadioSelect,
    )

    waits = forms.BooleanField(
        label=_("Not while I look at a page here"),
        required=False,
        help_text=_(
            "It waits until you have looked at none for ten minutes, or closed them, and is dropped if"
            " you read it. Unless you choose, it is so for what is told at once."
        ),
    )
    quiet_days = forms.MultipleChoiceField(
        label=_("Quiet days"),
        required=False,
        choices=[(str(number), name) for number, name in enumerate(DAYS, 1)],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = MailPreferences
        fields = (
            "after_minutes", "waits", "direct", "mentions", "threads",
            "quiet_from", "quiet_until", "quiet_days",
        )  # fmt: skip
        labels = {
            "direct": _("Direct messages"),
            "mentions": _("Messages that name me, answer me, or call a whole room"),
            "threads": _("Answers in threads I follow"),
            "quiet_from": pgettext_lazy("hour", "From"),
            "quiet_until": pgettext_lazy("hour", "Until"),
        }
        widgets = {
            name: forms.TimeInput({"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_until")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["quiet_days"] = list(self.instance.quiet_days)
        self.initial["waits"] = is_waiting(self.instance)

    def clean_waits(self) -> bool | None:
        """What they said; nothing where they left it as it was without ever saying."""
        return self.cleaned_data["waits"] if "waits" in self.changed_data else self.instance.waits

    def clean_quiet_days(self) -> str:
        """As they are stored. On one day at least something is told."""
        days = sorted(self.cleaned_data["quiet_days"])
        if len(days) == len(DAYS):
            raise forms.ValidationError(gettext("Leave one day. If you want no mail at all, choose Never."))
        return "".join(days)

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two ends, or none."""
        cleaned = super().clean() or self.cleaned_data
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if not self.errors and (begin is None) != (end is None):
            missing = "quiet_from" if begin is None else "quiet_until"
            self.add_error(missing, gettext("Quiet hours need a beginning and an end."))
        return cleaned


USUAL_HOUR = 9


class DigestForm(Labelled, forms.Form):
    """How often somebody gets a digest, and when."""

    rhythm = forms.ChoiceField(
        label=_("Mail me a digest of what I have not read"),
        required=False,
        choices=[NEVER, *Digest.Rhythm.choices],
        widget=forms.RadioSelect,
    )
    weekday = forms.TypedChoiceField(
        label=pgettext_lazy("weekday", "On"),
        coerce=int,
        required=False,
        empty_value="0",
        choices=list(enumerate(DAYS)),
    )
    hour = forms.TypedChoiceField(
        label=pgettext_lazy("hour", "At"),
        coerce=int,
        required=False,
        empty_value=str(USUAL_HOUR),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
    )

    def clean(self) -> dict[str, Any]:
        """Numbers, also where nothing was said."""
        cleaned = super().clean() or self.cleaned_data
        return cleaned | {name: int(cleaned[name]) for name in ("weekday", "hour") if name in cleaned}

    @classmethod
    def of(cls, digest: Digest | None) -> "DigestForm":
        """The form, with what somebody has chosen."""
        usual = {"rhythm": "", "weekday": 0, "hour": USUAL_HOUR}
        chosen = {name: getattr(digest, name) for name in usual} if digest else usual
        return cls(initial=chosen)


class WordsForm(Labelled, forms.Form):
    """The words that somebody watches, one on each line."""

    words = forms.CharField(
        label=_("One on each line"),
        required=False,
        max_length=WORDS_AT_MOST * (WORD_LENGTH[1] + 2) * 2,
        widget=forms.Textarea({"rows": 4, "dir": "auto", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = gettext("%(most)d at most, or several in a row. Capitals and accents make no difference.")
        self.fields["words"].help_text = words % {"most": WORDS_AT_MOST}

    def clean_words(self) -> list[str]:
        """Each once: what a search would take for the same is the same."""
        lines = filter(None, map(clean_line, self.cleaned_data["words"].splitlines()))
        found: dict[tuple[str, ...], str] = {}
        for line in lines:
            if not WORD_LENGTH[0] <= len(line) <= WORD_LENGTH[1]:
                least, most = WORD_LENGTH
                raise forms.ValidationError(
                    gettext("“%(word)s” is not of %(least)d to %(most)d characters.")
                    % {"word": shortened(line, 60), "least": least, "most": most}
                )
            sought = watching.sought_in(line)
            if sought is None:
                raise forms.ValidationError(gettext("“%(word)s” has no word in it.") % {"word": line})
            found.setdefault((*sought.words, sought.literal), line)
        if len(found) > WORDS_AT_MOST:
            said = {"number": len(found), "most": WORDS_AT_MOST}
            raise forms.ValidationError(gettext("These are %(number)d; %(most)d is the most.") % said)
        return list(found.values())


class SoundForm(Labelled, forms.Form):
    """The sound that somebody hears while a page is open."""

    sound = forms.ChoiceField(
        label=_("Sound"), required=False, choices=Person.Sound.choices, widget=forms.RadioSelect
    )


class DesktopForm(Labelled, forms.Form):
    """What somebody sees on the desktop while a page is open."""

    on_desktop = forms.ChoiceField(
        label=_("Show"), required=False, choices=Person.OnDesktop.choices, widget=forms.RadioSelect
    )


KEPT = _("There is one, shown to nobody. Leave this empty to keep it; another server needs its own.")
# What ntfy takes for a topic; and what may stand in a header.
TOPIC = RegexValidator(r"^[-_A-Za-z0-9]{1,64}\Z", _("A topic has letters, digits, - and _, 64 at most."))
TOKEN = RegexValidator(r"^[!-~]+\Z", _("A token has letters, digits and signs, and no spaces."))


class WayForm(Labelled, forms.ModelForm):
    """A way of any kind: the classes below say what each has."""

    address = forms.URLField(max_length=500, assume_scheme="https")
    after_minutes = forms.TypedChoiceField(
        label=_("Tell me what I have not read"),
        coerce=int,
        initial=USUAL_DELAY,
        choices=[(minutes, WORDS[minutes]) for minutes in DELAYS],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Way
        fields: tuple[str, ...] = ("address", "topic", "after_minutes", "with_text")
        labels = {"with_text": _("With what was said")}
        help_texts = {
            "with_text": _("Otherwise it says who wrote, where, and how much: the server learns no more.")
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
            raise forms.ValidationError(
                gettext("An address begins with https:// or http://, and has no password.")
            )
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
        self.fields["address"].label = _("Server")
        if self.instance.secret:
            self.fields["secret"].help_text = KEPT


class NtfyForm(ServerForm):
    """ntfy, its own server or another."""

    topic = forms.CharField(
        validators=[TOPIC],
        help_text=_("Whoever knows it can read it, unless it is reserved: take one that nobody guesses."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].initial = "https://ntfy.sh"
        self.fields["secret"].label = _("Access token, where the topic needs one")


class GotifyForm(ServerForm):
    """A server of Gotify."""

    class Meta(WayForm.Meta):
        fields = ("address", "after_minutes", "with_text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].label = _("Token of the application")

    def clean(self) -> dict[str, Any]:
        """Nothing reaches Gotify without a token."""
        cleaned = super().clean() or self.cleaned_data
        has_one = self.instance.secret and not self._goes_elsewhere
        if not self.errors and not cleaned.get("secret") and not has_one:
            self.add_error("secret", gettext("Gotify needs the token of an application."))
        return cleaned


class WebhookForm(WayForm):
    """A program of one's own; what it is signed with is made here."""

    class Meta(WayForm.Meta):
        fields = ("address", "after_minutes", "with_text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].label = _("Address")


FORMS: dict[str, type[WayForm]] = {
    Way.Kind.NTFY: NtfyForm,
    Way.Kind.GOTIFY: GotifyForm,
    Way.Kind.WEBHOOK: WebhookForm,
}
