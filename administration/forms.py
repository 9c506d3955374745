"""What is filled in to run a community."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import Labelled, NameField
from accounts.models import ACCENTS, MEGABYTE, Community, Invitation
from accounts.roles import Role
from rooms.models import Room

POLICIES = (
    ("open", _("Open: anybody who reaches this site may create an account")),
    (
        "approval",
        _("With approval: anybody may ask, and waits until you let them in; who is invited comes in at once"),
    ),
    ("invitation", _("By invitation: with the join link or an invitation by mail alone")),
)
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z0-9-]*[a-z0-9]", re.ASCII)
DAYS = ((1, _("a day")), (7, _("a week")), (30, _("thirty days")), (0, _("without an end")))
USES = ((1, _("once")), (10, _("10 times")), (50, _("50 times")), (0, _("as often as one likes")))


class CommunityForm(Labelled, forms.ModelForm):
    """What the community is called and looks like, who may come in, and how much is too much."""

    name = NameField(max_length=60, label=_("Name"), widget=forms.TextInput({"autocomplete": "organization"}))
    policy = forms.ChoiceField(label=_("Who may come in"), choices=POLICIES, widget=forms.RadioSelect)
    accent = forms.ChoiceField(label=_("Colour"), required=False, choices=ACCENTS, widget=forms.RadioSelect)
    rooms_by_all = forms.TypedChoiceField(
        label=_("Who may make rooms"), coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        choices=(("yes", _("Everybody but guests")), ("no", _("Moderators and administrators"))),
    )  # fmt: skip

    class Meta:
        model = Community
        fields = (
            "name", "welcome", "accent", "policy", "mail_domains", "rooms_by_all",
            "messages_a_minute", "file_limit_mb", "person_share_mb", "site_share_mb",
        )  # fmt: skip
        widgets = {
            "welcome": forms.Textarea({"rows": 2, "dir": "auto"}),
            "mail_domains": forms.Textarea({"rows": 2, "spellcheck": "false", "autocapitalize": "none"}),
        }
        labels = {
            "welcome": _("Words of welcome"),
            "mail_domains": _("Mail domains"),
            "messages_a_minute": _("Messages a minute"),
            "file_limit_mb": _("Size of a file, MB"),
            "person_share_mb": _("Files of one person, MB"),
            "site_share_mb": _("Files of all together, MB"),
        }
        help_texts = {
            "welcome": _("Shown to who creates an account."),
            "mail_domains": _(
                "One a line, such as example.org: who comes without an invitation confirms an address there."
                " Empty: any."
            ),
            "messages_a_minute": _("Of one person."),
            "site_share_mb": _("Empty: as much as there is."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        community = self.instance
        self.initial["policy"] = policy_of(community)
        self.initial["rooms_by_all"] = "yes" if community.rooms_by_all else "no"
        quota = settings.UPLOAD_QUOTA // MEGABYTE
        said = gettext("When this is empty: %(megabytes)d.") % {"megabytes": quota}
        self.fields["person_share_mb"].help_text = said if quota else gettext("Empty: as much as one likes.")
        most = {"megabytes": settings.FILE_LIMIT // MEGABYTE}
        said = gettext("At most %(megabytes)d, which it is when this is empty.") % most
        self.fields["file_limit_mb"].help_text = said

    def clean_mail_domains(self) -> str:
        """One a line, in small letters, without what people put before it."""
        domains = [
            word.removeprefix("@").rstrip(".") for word in self.cleaned_data["mail_domains"].lower().split()
        ]
        for domain in domains:
            if not DOMAIN.fullmatch(domain):
                raise forms.ValidationError(
                    gettext("“%(domain)s” is no domain of mail.") % {"domain": domain[:60]}
                )
        return "\n".join(dict.fromkeys(domains))

    def clean_file_limit_mb(self) -> int | None:
        """No more than the operator allows."""
        limit = self.cleaned_data["file_limit_mb"]
        if limit and limit * MEGABYTE > settings.FILE_LIMIT:
            most = {"megabytes": settings.FILE_LIMIT // MEGABYTE}
            raise forms.ValidationError(gettext("%(megabytes)d is the most.") % most)
        return limit


def policy_of(community: Community) -> str:
    """Which of POLICIES a community has."""
    if not community.signup_open:
        return "invitation"
    return "approval" if community.needs_approval else "open"


class LogoForm(Labelled, forms.Form):
    """A picture that stands for the community."""

    logo = forms.FileField(label=_("Picture"), widget=forms.FileInput({"accept": "image/*"}))

    def clean_logo(self) -> UploadedFile:
        """Not more than a picture of that kind has."""
        logo = self.cleaned_data["logo"]
        if logo.size > 5 * MEGABYTE:
            raise forms.ValidationError(gettext("That is more than 5 MB."))
        return logo


class JoinLinkForm(Labelled, forms.Form):
    """For how long a new join link leads here, and how often."""

    days = forms.TypedChoiceField(label=_("It holds"), choices=DAYS, coerce=int, initial=7)
    uses = forms.TypedChoiceField(label=_("It can be used"), choices=USES, coerce=int, initial=0)


class InvitationForm(Labelled, forms.Form):
    """Whom to invite by mail, as what, and into which rooms."""

    email = forms.EmailField(
        label=_("Address"), max_length=254, widget=forms.EmailInput({"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("As a"), choices=Invitation.ROLES)
    rooms = forms.ModelMultipleChoiceField(
        Room.objects.none(),
        required=False,
        label=_("Rooms"),
        help_text=_("Besides those that everybody finds. A guest knows these alone."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rooms"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101
        field.queryset = Room.objects.exclude(kind=Room.Kind.DIRECT).by_name()
        field.widget.attrs["size"] = 5

    def clean(self) -> dict[str, Any]:
        """A guest without a room would see nothing."""
        data = super().clean() or self.cleaned_data
        if data.get("role") == Role.GUEST and not data.get("rooms") and "rooms" not in self.errors:
            self.add_error("rooms", gettext("Choose the rooms that the guest is to find."))
        return data
