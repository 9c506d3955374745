"""What people fill in about themselves and their community."""

import datetime
from typing import Any, ClassVar

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import actions, addresses, codes, limits
from accounts.access import JOIN_TOKEN, is_way_in
from accounts.appearance import CHOICES
from accounts.enumerating import either
from accounts.joining import LINK_OVER, NO_WAY, Admission
from accounts.mails import RESET_PARTS
from accounts.models import Community, Person
from accounts.models.values import HUES
from accounts.passwords import normalised
from accounts.plain_text import clean_line, says_something, visible_characters
from accounts.ways_in import only_by_provider
from accounts.widgets import LongSelect

# The palette's hues in words, for who cannot see them: hue N is N times 22.5 degrees round OKLCH.
HUE_NAMES = (
    _("Rose"), _("Red"), _("Rust"), _("Orange"), _("Gold"), _("Olive"), _("Leaf"), _("Green"),
    _("Teal"), _("Turquoise"), _("Sky"), _("Blue"), _("Indigo"), _("Violet"), _("Orchid"), _("Pink"),
)  # fmt: skip


class NameField(forms.CharField):
    """A name that others see: one line, and nothing in it that hides or turns the text around it."""

    def to_python(self, value: Any) -> str:
        """As it is stored."""
        return clean_line(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        """Something of it must be seen."""
        super().validate(value)
        if value and not says_something(value):
            raise forms.ValidationError(
                gettext("A name needs a letter, a digit or a sign."), code="invisible"
            )


class TypedTwice(forms.BaseForm):
    """A form with a new password in two fields, which two ways of composing it do not make two passwords."""

    def clean_password1(self) -> str:
        """As it will be hashed."""
        return normalised(self.cleaned_data["password1"] or "")

    def clean_password2(self) -> str:
        """As it will be hashed."""
        return normalised(self.cleaned_data["password2"] or "")


class Labelled(forms.BaseForm):
    """A form whose labels say what goes where, and no more: no colon, and no placeholder that vanishes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(Labelled, allauth.LoginForm):
    """By username or e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or email")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}


class SignUpForm(Labelled, allauth.SignupForm):
    """A new account."""

    # On what terms they come: try_save decides.
    admission: Admission | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocapitalize"] = "none"

    @transaction.atomic
    def try_save(self, request: HttpRequest) -> tuple[Person | None, HttpResponse | None]:
        """The account, its address and its rooms.

        Raises ValidationError where somebody has taken a name like that in the meantime, or the last use
        of the link that led here.
        """
        # Behind the community's lock, so that of two who use a link for the last time one is told.
        self.admission = Admission(request.session.get(JOIN_TOKEN, ""))
        if self.admission.is_over:
            raise forms.ValidationError(LINK_OVER, code=NO_WAY)
        self.clean_username()
        # Somebody may have been banned since it was looked at.
        if addresses.is_banned(self.cleaned_data.get("email") or ""):
            raise forms.ValidationError(LINK_OVER, code=NO_WAY)
        person, response = super().try_save(request)
        if person is not None:
            self.admission.take(person)
        return person, response

    def clean_email(self) -> str:
        """An address with which they may come: where domains are named, one that is asked about."""
        address = super().clean_email()
        community, request = Community.current(), context.request
        if not community.domains or is_way_in(request.session.get(JOIN_TOKEN, ""), community):
            return address
        if not addresses.is_of_allowed_domain(address, community):
            domains = either(f"@{domain}" for domain in community.domains)
            raise forms.ValidationError(
                gettext("Without an invitation you need an address that ends in %(domains)s.")
                % {"domains": domains}
            )
        return address


class WelcomeForm(SignUpForm):
    """The community, and its first account."""

    field_order = ("community", "username", "email", "password1")

    community = NameField(
        max_length=60,
        label=_("Name of the community"),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )


class AddEmailForm(Labelled, allauth.AddEmailForm):
    """One more address."""


class ChangePasswordForm(TypedTwice, Labelled, allauth.ChangePasswordForm):
    """A new password, by who knows the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, again")

    def clean_oldpassword(self) -> str:
        """The old one, which may be guessed at here as little as anywhere."""
        attempt = limits.password_try(context.request, self.user, "")
        if not attempt.begin():
            raise get_adapter().validation_error("too_many_login_attempts")
        password = super().clean_oldpassword()
        attempt.was_right()
        return password


class DeleteAccountForm(Labelled, forms.Form):
    """Leaving for good, by who knows the password; where nobody has one, by who types their username."""

    KEEP, REMOVE = "keep", "remove"

    what_i_wrote = forms.ChoiceField(
        label=_("What becomes of your messages"), initial=KEEP, widget=forms.RadioSelect,
        choices=[(KEEP, _("They stay, without my name")), (REMOVE, _("They are deleted, with their files"))],
    )  # fmt: skip
    password = forms.CharField(
        label=_("Your password"), strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )  # fmt: skip
    username = forms.CharField(
        label=_("Your username, to be sure"),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        # Where people come by a provider alone, nobody has a password that they know.
        del self.fields["password" if only_by_provider() else "username"]

    def clean_username(self) -> str:
        """The one of this account, which is typed to be sure."""
        if self.cleaned_data["username"].strip().lower() != self.person.username.lower():
            raise forms.ValidationError(gettext("That is not your username."), code="other")
        return self.cleaned_data["username"]

    def clean_password(self) -> str:
        """The one of this account, which may be guessed at here as little as anywhere."""
        attempt = limits.password_try(context.request, self.person, "")
        if not attempt.begin():
            raise get_adapter().validation_error("too_many_login_attempts")
        if not self.person.check_password(self.cleaned_data["password"]):
            raise get_adapter().validation_error("incorrect_password")
        attempt.was_right()
        return self.cleaned_data["password"]


class RequestCodeForm(Labelled, allauth.RequestLoginCodeForm):
    """Where to send a code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email")

    def clean_email(self) -> str:
        """Whatever it is: the same for every address. Raises ValidationError where it was asked too often."""
        email = self.cleaned_data["email"].lower()
        if not codes.may_be_asked(context.request, email):
            raise get_adapter().validation_error("too_many_login_attempts")
        return email


class ConfirmCodeForm(Labelled, allauth.ConfirmLoginCodeForm):
    """The code that came."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}


class SetPasswordForm(TypedTwice, Labelled, allauth.SetPasswordForm):
    """A password for an account that has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password2"].label = _("Password, again")


class ResetPasswordForm(Labelled, allauth.ResetPasswordForm):
    """Where to send a link."""

    def clean_email(self) -> str:
        """Whatever it is: whose it is, is looked up by the worker."""
        return self.cleaned_data["email"]

    def save(self, request: HttpRequest, **how: Any) -> str:
        """Let the worker send the link, if that is somebody's address; the same work for every address."""
        link = reverse("account_reset_password_from_key", kwargs=RESET_PARTS)
        email = self.cleaned_data["email"]
        get_adapter().send_reset_links(email, request.build_absolute_uri(link))
        return email


class ResetPasswordKeyForm(TypedTwice, Labelled, allauth.ResetPasswordKeyForm):
    """A new password, by who has the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, again")


class ReauthenticateForm(Labelled, allauth.ReauthenticateForm):
    """The password, once more."""


class Code(Labelled):
    """A form with a code of six digits from an app, or a recovery code."""

    user: Person

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "spellcheck": "false"}

    def clean_code(self) -> str:
        """A code that is right, and was never used. Raises ValidationError."""
        attempt = limits.code_try(context.request, self.user)
        if not attempt.begin():
            raise get_adapter().validation_error("too_many_login_attempts")
        code = super().clean_code()  # type: ignore[misc]
        self.use_up(code)
        attempt.was_right()
        return code

    def use_up(self, code: str) -> None:
        """Take the code, so that it is not taken again. Raises ValidationError where it was."""
        authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type == authenticator.Type.TOTP and not actions.use_up_code(authenticator, code):
            raise get_mfa_adapter().validation_error("incorrect_code")


class AuthenticateForm(Code, mfa.AuthenticateForm):
    """The second step of signing in."""


class ReauthenticateByCodeForm(Code, mfa.ReauthenticateForm):
    """A code, once more."""


class ActivateTOTPForm(Code, totp.ActivateTOTPForm):
    """The first code of a new app."""

    def use_up(self, code: str) -> None:
        """Nothing yet: there is nothing of the app until the form is saved (accounts/views.py)."""


# Bytes of a picture of somebody: what a camera makes of a face.
PICTURE_BYTES = 10 * 1024 * 1024
# When a status ends by itself.
ENDS = {
    "30m": _("In 30 minutes"),
    "1h": _("In an hour"),
    "today": _("Today"),
    "tomorrow": _("Tomorrow"),
    "week": _("This week"),
    "": _("Never"),
}


def end_of(choice: str) -> datetime.datetime | None:
    """When a status ends for which somebody chose that one of ENDS; days end in their own time zone."""
    now = timezone.localtime()
    if choice in ("30m", "1h"):
        return now + datetime.timedelta(minutes=30 if choice == "30m" else 60)
    days = {"today": 1, "tomorrow": 2, "week": 7 - now.weekday()}.get(choice)
    if days is None:
        return None
    day = now.date() + datetime.timedelta(days=days)
    return datetime.datetime.combine(day, datetime.time(), timezone.get_current_timezone())


class EmojiField(NameField):
    """One sign that is a picture, or nothing."""

    def validate(self, value: str) -> None:
        """More would push the names in lists aside."""
        super().validate(value)
        if value and (len(list(visible_characters(value))) > 1 or value.isascii() or value.isalnum()):
            raise forms.ValidationError(gettext("That is not one emoji."), code="emoji")


class StatusForm(Labelled, forms.Form):
    """What somebody is up to, and until when."""

    emoji = EmojiField(
        max_length=32, required=False, label=_("Emoji"),
        widget=forms.TextInput({"autocomplete": "off", "list": "status-emoji", "size": 4}),
    )  # fmt: skip
    text = NameField(
        max_length=100, required=False, label=_("What you are up to"),
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )  # fmt: skip
    end = forms.ChoiceField(label=_("Ends"), required=False, choices=list(ENDS.items()))


class PictureForm(Labelled, forms.Form):
    """A picture of oneself."""

    picture = forms.FileField(
        label=_("A picture"), help_text=_("It is cut to a square. Nothing but the pixels of it is kept."),
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp,image/gif,image/avif"}),
        error_messages={"required": _("Choose a picture first."), "empty": _("That file is empty.")},
    )  # fmt: skip

    def clean_picture(self) -> UploadedFile:
        """Not larger than somebody's picture has to be."""
        picture = self.cleaned_data["picture"]
        if picture.size > PICTURE_BYTES:
            said = {"size": filesizeformat(picture.size), "most": filesizeformat(PICTURE_BYTES)}
            raise forms.ValidationError(
                gettext("That file has %(size)s; %(most)s is the most.") % said, code="large"
            )
        return picture


class AppearanceForm(Labelled, forms.Form):
    """How pages look to oneself."""

    LABELS: ClassVar[dict[str, str | Promise]] = {
        "scheme": _("Colours"),
        "density": _("Density"),
        "text_size": _("Size of text"),
        "motion": _("Motion"),
        "links": _("Links"),
        "banners": _("Banners at the top"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.LABELS.items():
            self.fields[name] = forms.ChoiceField(
                label=str(label), required=False, choices=CHOICES[name], widget=forms.RadioSelect
            )


class ProfileForm(Labelled, forms.ModelForm):
    """How one appears to others, and one's time."""

    display_name = NameField(
        max_length=60, required=False, label=_("Display name"),
        help_text=_("What others see. Your username when it is empty."),
        widget=forms.TextInput({"autocomplete": "nickname", "dir": "auto"}),
    )  # fmt: skip
    pronouns = NameField(
        max_length=40, required=False, label=_("Pronouns"), widget=forms.TextInput({"dir": "auto"})
    )
    title = NameField(
        max_length=80, required=False, label=_("Title"), help_text=_("What you do here."),
        widget=forms.TextInput({"autocomplete": "organization-title", "dir": "auto"}),
    )  # fmt: skip
    about = forms.CharField(
        max_length=1000, required=False, label=_("About you"),
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )  # fmt: skip
    hue = forms.TypedChoiceField(
        label=_("Colour"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect,
        choices=[("", _("Automatic")), *((hue, HUE_NAMES[hue]) for hue in range(HUES))],
    )  # fmt: skip

    class Meta:
        model = Person
        fields = ("display_name", "pronouns", "title", "about", "language", "time_zone", "hue")
        labels = {"time_zone": _("Time zone")}
        widgets = {"time_zone": LongSelect}
        help_texts = {
            "time_zone": _(
                "Times and days are shown to you in it. Pages that are open have to be loaded again."
            )
        }
