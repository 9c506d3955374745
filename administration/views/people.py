"""People, by HTTP: all of them, those who wait, and what can be done about one."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import keeping_order
from accounts.access import PersonRequest
from accounts.actions import Rejected
from accounts.models import Person
from accounts.roles import Role, may_act_on, roles_to_give
from administration import access
from administration.access import Administers, KeepsOrder
from administration.paging import page_of, words_in
from hypermedia.responses import SeeOther
from rooms.actions.rejected import Rejected as RefusedInRooms
from rooms.actions.removals import PERIODS, ask_for_removal
from rooms.models import Removal

SHOWN: dict[str, tuple[str | Promise, Q]] = {
    "": (_("Everybody"), Q()),
    "waiting": (_("Waiting"), ~Q(awaits="")),
    "order": (_("Keeping order"), Q(role__in=(Role.OWNER, Role.ADMINISTRATOR, Role.MODERATOR))),
    "guests": (_("Guests"), Q(role=Role.GUEST)),
    "closed": (_("Deactivated"), Q(is_active=False, banned_at=None, awaits="")),
    "banned": (_("Banned"), Q(banned_at__isnull=False)),
}


class AdministrationView(KeepsOrder):
    """The way in."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """On to what one may do most there."""
        page = "people" if request.user.administers else "reports"
        return SeeOther(reverse(f"administration_{page}"))


class PeopleView(Administers):
    """Everybody, a page at a time; `q` looks for a name or an address, `show` for a kind."""

    http_method_names = ("get",)

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """A page of them."""
        show, query = request.GET.get("show", ""), words_in(request)
        show = show if show in SHOWN else ""
        found = people(query).filter(SHOWN[show][1])
        context = {
            "page": page_of(request, found), "query": query, "show": show,
            "kinds": [(kind, label) for kind, (label, _) in SHOWN.items()],
            "waiting": Person.objects.exclude(awaits="").count(),
        }  # fmt: skip
        return render(request, "administration/people.html", context)


def people(words: str) -> QuerySet[Person]:
    """Those in whose names or address each of `words` is, by username."""
    found = Person.objects.select_related("resembles").order_by(Lower("username"))
    for word in words.split():
        found = found.filter(
            Q(username__icontains=word) | Q(display_name__icontains=word) | Q(email__icontains=word)
        )
    return found


class PersonView(Administers):
    """One of them, and what can be done."""

    def get(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """What there is to know and to do."""
        person = access.person(pk)
        mine = request.user
        context = {
            "person": person,
            "may_act": mine.pk != person.pk and may_act_on(mine.role, person.role),
            "may_give": may_act_on(mine.role, person.role),
            "roles": roles_to_give(mine.role),
            "mutes": keeping_order.MUTES.items(),
            "periods": [(period, words) for period, (words, _) in PERIODS.items()],
            "removing": Removal.objects.filter(person=person, done_at=None).exists(),
        }
        return render(request, "administration/person.html", context)

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Do what `do` says; the page says what came of it."""
        person = access.person(pk)
        doing = DOING.get(request.POST.get("do", ""))
        try:
            if doing is None:
                raise Rejected(gettext("Choose what to do."))
            messages.success(request, doing(request, person))
        except (Rejected, RefusedInRooms) as rejected:
            messages.error(request, str(rejected))
        is_there = Person.objects.filter(pk=person.pk).exists()
        waiting = "waiting" in request.POST
        if waiting or not is_there:
            return SeeOther(reverse("administration_people") + ("?show=waiting" if waiting else ""))
        return SeeOther(reverse("administration_person", args=[pk]))


# -- What `do` may say -------------------------------------------------------------------

Doing = Callable[[PersonRequest, Person], str]


def change_role(request: PersonRequest, person: Person) -> str:
    """`role` says which."""
    role = request.POST.get("role", "")
    keeping_order.change_role(request.user, person, role)
    said = {"name": person.name, "role": Role(role).label}
    return gettext("%(name)s is %(role)s now.") % said


def deactivate(request: PersonRequest, person: Person) -> str:
    keeping_order.deactivate(request.user, person)
    return gettext("The account of %(name)s is closed, and their pages with it.") % {"name": person.name}


def reactivate(request: PersonRequest, person: Person) -> str:
    keeping_order.reactivate(request.user, person)
    return gettext("%(name)s can sign in again.") % {"name": person.name}


def ban(request: PersonRequest, person: Person) -> str:
    keeping_order.ban(request.user, person, request.POST.get("why", "").replace("\x00", "")[:500])
    return gettext("%(name)s is banned. There is a new join link, since they may know the old one.") % {
        "name": person.name
    }


def unban(request: PersonRequest, person: Person) -> str:
    keeping_order.unban(request.user, person)
    return gettext("%(name)s can come in again.") % {"name": person.name}


def mute(request: PersonRequest, person: Person) -> str:
    """`minutes` says for how long."""
    minutes = request.POST.get("minutes", "")
    keeping_order.mute(request.user, person, int(minutes) if minutes.isdecimal() and minutes.isascii() else 0)
    said = {"name": person.name, "time": keeping_order.MUTES[int(minutes)]}
    return gettext("%(name)s can read, and not write, for %(time)s.") % said


def unmute(request: PersonRequest, person: Person) -> str:
    keeping_order.unmute(request.user, person)
    return gettext("%(name)s can write again.") % {"name": person.name}


def remove_all(request: PersonRequest, person: Person) -> str:
    """`period` says how far back."""
    ask_for_removal(request.user, person, request.POST.get("period", ""))
    return gettext("The messages of %(name)s are being removed.") % {"name": person.name}


def approve(request: PersonRequest, person: Person) -> str:
    keeping_order.approve(request.user, person)
    return gettext("%(name)s can come in.") % {"name": person.name}


def refuse(request: PersonRequest, person: Person) -> str:
    keeping_order.refuse(request.user, person)
    return gettext("%(name)s was not let in, and the name is free.") % {"name": person.name}


DOING: dict[str, Doing] = {
    "role": change_role, "deactivate": deactivate, "reactivate": reactivate, "ban": ban, "unban": unban,
    "mute": mute, "unmute": unmute, "remove_all": remove_all, "approve": approve, "refuse": refuse,
}  # fmt: skip
