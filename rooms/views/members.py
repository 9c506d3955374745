"""The members of a room by HTTP: who they are, who comes and who goes, and who moderates."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from accounts.broadcasts import list_names
from accounts.models import Person
from accounts.page_context import page_context
from hypermedia.responses import SeeOther
from rooms import access
from rooms.actions.direct import add_to_direct
from rooms.actions.members import ADDED_LIMIT, add_members, change_role, remove_member
from rooms.actions.rejected import Rejected
from rooms.models import Membership
from rooms.models.room import DIRECT_LIMIT
from rooms.name_lookup import people_like
from rooms.views.people_picker import PeoplePicker

MEMBERS_ON_A_PAGE = 50
# As many as are read where somebody is looked for.
FOUND_LIMIT = 200


class MembersView(LoginRequiredMixin, View):
    """Who is in a room."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """A page of them, its moderators first; `q` looks for some."""
        return members_page(request, access.membership(request.user.pk, slug))


def members_page(request: PersonRequest, membership: Membership, *, status: int = 200) -> HttpResponse:
    """The page: who is in the room, and what may be done about each."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    members = Membership.objects.filter(room=membership.room_id).select_related("person")
    if query:
        there = Person.objects.filter(memberships__room=membership.room_id)
        members = members.filter(person__in=people_like(there, query, FOUND_LIMIT))
    # Moderators come before members.
    ordered = members.order_by("-role", Lower("person__username"))
    context = {
        "room": membership.room,
        "current_slug": membership.room.slug,
        "page": Paginator(ordered, MEMBERS_ON_A_PAGE).get_page(request.GET.get("page")),
        "query": query,
        "here": page_context(request).present.get(membership.room.group, ()),
        "may_moderate": access.moderates(membership),
    }
    return render(request, "rooms/members.html", context, status=status)


class AddMembersView(LoginRequiredMixin, View):
    """People who are to come into a room."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Whom to add: those who are chosen, and those who may be; to htmx the picker alone."""
        return self.page(request, access.membership(request.user.pk, slug))

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Add them; in a direct conversation that makes a new one."""
        membership = access.membership(request.user.pk, slug)
        people = access.people_named(request.user, request.POST.getlist("person")[: ADDED_LIMIT + 1])
        try:
            if not people:
                raise Rejected(_("Choose somebody first."))
            if membership.room.is_direct:
                return SeeOther(add_to_direct(membership, people).get_absolute_url())
            added = add_members(membership, people)
        except Rejected as rejected:
            return self.page(request, membership, str(rejected))
        if added:
            names = list_names([person.name for person in added])
            messages.success(request, _("Added %(names)s.") % {"names": names})
        return SeeOther(reverse("members", args=[slug]))

    def page(self, request: PersonRequest, membership: Membership, problem: str = "") -> HttpResponse:
        """The picker, of those who are not in the room."""
        room = membership.room
        known = Person.objects.visible_to(request.user).filter(is_active=True)
        others = known.exclude(
            Q(memberships__room=room.pk) if not room.is_direct else Q(pk=membership.person_id)
        )
        picker = PeoplePicker(request, others, DIRECT_LIMIT if room.is_direct else ADDED_LIMIT)
        context = {"room": room, "current_slug": room.slug, "picker": picker, "problem": problem}
        if request.htmx and not problem:
            return render(request, "rooms/people_picker.html", context)
        return render(request, "rooms/members_add.html", context, status=422 if problem else 200)


class MemberActionView(LoginRequiredMixin, View):
    """Something that is done about a member of a room, by POST."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str, username: str) -> HttpResponseBase:
        """Do it, or say why not."""
        mine, member = access.member(request.user.pk, slug, username)
        try:
            self.act(mine, member)
        except Rejected as rejected:
            messages.error(request, str(rejected))
            return members_page(request, mine, status=422)
        return SeeOther(reverse("members", args=[slug]))

    def act(self, mine: Membership, member: Membership) -> None:
        """Call the action, and say what came of it. Raises Rejected, NotFound."""
        raise NotImplementedError


class MemberRemoveView(MemberActionView):
    """Taking somebody out of a room."""

    def act(self, mine: Membership, member: Membership) -> None:
        """Remove them."""
        remove_member(mine, member)
        messages.success(self.request, _("Removed %(name)s.") % {"name": member.person.name})


class MemberRoleView(MemberActionView):
    """What somebody is in a room: `role` says it."""

    def act(self, mine: Membership, member: Membership) -> None:
        """Make them that."""
        is_moderator = self.request.POST.get("role") == Membership.Role.MODERATOR
        change_role(mine, member, Membership.Role.MODERATOR if is_moderator else Membership.Role.MEMBER)
        if is_moderator:
            said = _("%(name)s moderates this room now.")
        else:
            said = _("%(name)s is a member like others now.")
        messages.success(self.request, said % {"name": member.person.name})
