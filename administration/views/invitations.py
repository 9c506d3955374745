"""How people come in, by HTTP: the join link, and invitations by mail."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import joining
from accounts.access import PersonRequest
from accounts.actions import Rejected
from accounts.models import Community, Invitation
from administration import access
from administration.access import Administers
from administration.forms import InvitationForm, JoinLinkForm
from administration.paging import page_of
from hypermedia.responses import SeeOther
from rooms.render.first_hour import join_link, qr_code


class InvitationsView(Administers):
    """The join link, a new invitation, and those that are open."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """All of it."""
        return self.page(request, InvitationForm())

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Invite somebody."""
        form = InvitationForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            rooms = [room.pk for room in data["rooms"]]
            try:
                joining.invite(request, request.user, data["email"], data["role"], rooms)
            except Rejected as rejected:
                form.add_error("email", str(rejected))
        if form.errors:
            return self.page(request, form, status=422)
        messages.success(
            request, _("An invitation to %(address)s is on its way.") % {"address": data["email"]}
        )
        return SeeOther(reverse("administration_invitations"))

    def page(self, request: PersonRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
        """The page."""
        community = Community.objects.get_or_create(pk=1)[0]
        link = join_link(request, community)
        unused = Invitation.objects.filter(used_at=None).select_related("invited_by").order_by("-pk")
        context = {
            "form": form, "link": link, "qr": qr_code(link), "link_form": JoinLinkForm(),
            "held": community, "link_has_uses": community.join_uses_left is not None,
            "page": page_of(request, unused),
        }  # fmt: skip
        return render(request, "administration/invitations.html", context, status=status)


class JoinLinkReplaceView(Administers):
    """A new join link."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Replaced; without a word about it, as the form would say."""
        form = JoinLinkForm({"days": 7, "uses": 0} | request.POST.dict())
        if not form.is_valid():
            messages.error(request, _("Choose for how long the link holds, and how often."))
            return SeeOther(reverse("administration_invitations"))
        days, uses = form.cleaned_data["days"] or None, form.cleaned_data["uses"] or None
        joining.replace_join_link(request.user, days=days, uses=uses)
        messages.success(request, _("There is a new join link. The old one leads nowhere now."))
        return SeeOther(reverse("administration_invitations"))


class InvitationView(Administers):
    """One invitation that is open: sent again, or revoked."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Do what `do` says."""
        invitation = access.invitation(pk)
        try:
            if request.POST.get("do") == "revoke":
                joining.revoke(request.user, invitation)
                said = _("The invitation to %(address)s leads nowhere now.")
            else:
                joining.resend(request, request.user, invitation)
                said = _("It is on its way to %(address)s again.")
            messages.success(request, said % {"address": invitation.email})
        except Rejected as rejected:
            messages.error(request, str(rejected))
        return SeeOther(reverse("administration_invitations"))
