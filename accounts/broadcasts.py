"""What everybody sees of people: banners, and the list of who is online."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.translation import gettext, ngettext

from accounts import names, render
from accounts.models import Person
from accounts.models.values import colour_of, initials_of, picture_url
from accounts.roles import Role
from database.threads import in_database
from hypermedia.fragments import hx_partial
from hypermedia.locales import for_all_readers
from live import bus
from live.hub import COME_BACK
from live.presence import AWAY, ONLINE

if TYPE_CHECKING:
    from live.server_process import ServerProcess

# News that comes within so many seconds of a banner waits, and becomes one banner.
BURST = 1.0
# Somebody who has just signed in is not news again for coming online, seconds.
TOLD_FOR = 20
# Seconds between two numbers of those who are online, where pages show no more of them than that.
NUMBER_EVERY = 5.0
# So many are called by name.
NAMED = 2

# What people did, who are so many: the verb may go by that in a language.
SENTENCES: dict[str, Callable[[int], str]] = {
    "signed_in": lambda n: ngettext("%(names)s signed in.", "%(names)s signed in.", n),
    "signed_out": lambda n: ngettext("%(names)s signed out.", "%(names)s signed out.", n),
    "arrived": lambda n: ngettext("%(names)s came online.", "%(names)s came online.", n),
    "left": lambda n: ngettext("%(names)s went offline.", "%(names)s went offline.", n),
}
# What needs no banner of its own after the one for what implies it.
IMPLIES = {"signed_in": "arrived", "signed_out": "left"}

# What everybody is told by a banner who has not chosen otherwise (accounts/appearance.py).
LOUD = {"signed_in"}

# The kinds of events: what `_tell` publishes, and `placed`.
PERSON_NEWS = "person_news"
PERSON_PLACED = "person_placed"

NamedPerson = tuple[int, str, int | None, str]


def signed_in(person: Person) -> None:
    """Tell everybody else that `person` signed in."""
    if not person.is_guest:
        _tell("signed_in", person)


def signed_out(person: Person) -> None:
    """Tell everybody else that `person` signed out."""
    if not person.is_guest:
        _tell("signed_out", person)


@for_all_readers()
def people_changed(revision: int) -> None:
    """Show what others see since `revision`, and what came after it, on every page. Two queries."""
    before = revision - 1
    changes = names.changes_since(before)
    bus.publish_fragment(
        bus.EVERYONE, changes.html, revision=changes.revision, changes=changes.revision - before
    )


def placed(person: Person) -> None:
    """Tell the pages of `person` whether they hear of everybody: that is a matter of their role."""
    bus.publish(PERSON_PLACED, person_id=person.pk, hears_everyone=person.hears_everyone)


def on_person_placed(process: "ServerProcess", event: dict[str, Any]) -> None:
    """Let those of their pages come again that do not hear what they should."""
    for socket in tuple(process.hub.sockets):
        is_right = socket.hears_everyone == event["hears_everyone"]
        if socket.person_id == event["person_id"] and not is_right:
            socket.close(COME_BACK, "the role was changed")


def _tell(what: str, person: Person) -> None:
    bus.publish(
        PERSON_NEWS, what=what, person_id=person.pk, name=person.name, hue=person.hue, avatar=person.avatar
    )


def on_person_news(process: "ServerProcess", event: dict[str, Any]) -> None:
    """Show the banner of somebody who signed in or out, where that is news: not where so many are here."""
    if len(process.here.get(ONLINE, ())) > render.MOST_NAMED:
        return
    person = event["person_id"], event["name"], event["hue"], event.get("avatar", "")
    notices_of(process).say(event["what"], [person])


async def people_came_and_went(
    process: "ServerProcess", place: str, arrived: set[int], left: set[int]
) -> None:
    """Keep the list of who is online, and say who came and went, to the pages of this process."""
    here, away = process.here.get(ONLINE, set()), process.here.get(AWAY, set())
    if place == AWAY and (seen := seen_by_name(process, arrived | left)):
        changed = await in_database(render.away_changed)(seen, away)
        process.deliver(bus.EVERYONE, changed)
    if place != ONLINE or min(len(here), len(here) - len(arrived) + len(left)) > render.MOST_NAMED:
        # It is the number that changes, and it has its time: tell_number.
        return
    html = await in_database(render.list_changed)("online", here, arrived, left, away)
    named = await in_database(_named)(arrived | left)
    # In one turn of the loop, so that both are one frame.
    process.deliver(bus.EVERYONE, html)
    notices = notices_of(process)
    notices.say("arrived", [person for person in named if person[0] in arrived])
    notices.say("left", [person for person in named if person[0] in left])


def seen_by_name(process: "ServerProcess", people: set[int]) -> set[int]:
    """Of `people`, those whom a page of this process may show in a list."""
    if len(process.here.get(ONLINE, ())) <= render.MOST_NAMED:
        return people
    shown = (there for place in process.hub.groups if (there := process.here.get(place)))
    return set().union(*(people & there for there in shown if len(there) <= render.MOST_NAMED))


def tell_number(process: "ServerProcess") -> None:
    """Where so many are online that they are a number on the pages, bring it at times."""
    count, now = len(process.here.get(ONLINE, ())), monotonic()
    told, due_at = process.app_state.get("online_told", (0, 0.0))
    if count > render.MOST_NAMED and count != told and now >= due_at:
        process.app_state["online_told"] = count, now + NUMBER_EVERY
        process.deliver(bus.EVERYONE, render.online_list(process))


def _named(ids: set[int]) -> list[NamedPerson]:
    # A guest is seen in their rooms alone.
    people = Person.objects.filter(pk__in=ids).exclude(role=Role.GUEST).order_by("pk").named()
    return [(person.pk, person.name, person.hue, person.avatar) for person in people]


class Notices:
    """The banners of one process: the first at once, what follows closely in one."""

    def __init__(self, process: "ServerProcess") -> None:
        self.process = process
        self.told: dict[tuple[str, int], float] = {}
        self.waiting: list[tuple[str, NamedPerson]] = []
        self.open_until = 0.0

    def say(self, what: str, people: list[NamedPerson]) -> None:
        """Show that `people` did `what`, unless a closer word about them was just said."""
        now = monotonic()
        fresh = [person for person in people if not self._is_told(what, person[0], now)]
        self.told = {key: until for key, until in self.told.items() if until > now}
        if what in IMPLIES:
            self.told.update({(IMPLIES[what], pk): now + TOLD_FOR for pk, *_ in fresh})
        if not fresh:
            return
        self.waiting += [(what, person) for person in fresh]
        if now >= self.open_until:
            self._show()
        elif len(self.waiting) == len(fresh):
            asyncio.get_running_loop().call_later(self.open_until - now, self._show)

    def _is_told(self, what: str, person_id: int, now: float) -> bool:
        return self.told.get((what, person_id), 0) > now

    def _show(self) -> None:
        waiting, self.waiting = self.waiting, []
        self.open_until = monotonic() + BURST
        html = hx_partial("#people-news", "textContent", escape(sentence_of(waiting)))
        # Pages hide the quiet ones, or all, as somebody has chosen: the frame is everybody's.
        for where, news in (
            (".is-slip:not(.is-quiet)", [one for one in waiting if one[0] in LOUD]),
            (".is-slip.is-quiet", [one for one in waiting if one[0] not in LOUD]),
        ):
            if news:
                html += hx_partial(f"#notices > {where}", "delete")
                html += hx_partial("#notices", "beforeend", notice(news))
        only = waiting[0][1][0] if len({person[0] for _, person in waiting}) == 1 else None
        self.process.deliver(bus.EVERYONE, html, exclude_person=only)


def notices_of(process: "ServerProcess") -> Notices:
    """The banners of this process."""
    if "notices" not in process.app_state:
        process.app_state["notices"] = Notices(process)
    return process.app_state["notices"]


def sentence_of(news: list[tuple[str, NamedPerson]]) -> str:
    """All of `news` in words."""
    names: dict[str, dict[int, str]] = {}
    for what, (pk, name, *_) in news:
        names.setdefault(what, {})[pk] = name
    return " ".join(
        SENTENCES[what](len(who)) % {"names": list_names(list(who.values()))} for what, who in names.items()
    )


def notice(news: list[tuple[str, NamedPerson]]) -> str:
    """One banner for all of `news`: a quiet one, unless somebody signed in."""
    what, (pk, name, hue, avatar) = news[0]
    shown = {"initials": initials_of(name), "colour": colour_of(pk, hue), "picture": picture_url(avatar)}
    context = {
        "sentence": sentence_of(news),
        "person": shown if len(news) == 1 else None,
        "is_quiet": what not in LOUD,
    }
    return get_template("accounts/people.html#notice").render(context)


def list_names(names: list[str]) -> str:
    """“Ana”, “Ana and Bo”, “Ana, Bo and 12 others”."""
    if len(names) < 2:
        return "".join(names)
    if len(names) <= NAMED:
        return gettext("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
    others = len(names) - NAMED
    said = {"names": ", ".join(names[:NAMED]), "count": others}
    return ngettext("%(names)s and %(count)d other", "%(names)s and %(count)d others", others) % said
