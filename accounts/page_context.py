"""What a page shows around its own: read when it is first asked for, and once for a request."""

from functools import cached_property

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.safestring import SafeString

from accounts import guests, render
from accounts.models import Block, Community, Person
from live.presence import AWAY, ONLINE, Present, present
from live.server_process import last_seen


class PageContext:
    """The community, what is to be said to the current user, and who is here."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def community(self) -> Community:
        """The community of this site. One query."""
        return Community.current()

    @cached_property
    def outcome(self) -> str:
        """What the last thing that was done has come to."""
        messages = get_messages(self._request)
        return get_template("notes.html").render({"messages": messages}) if len(messages) else ""

    @cached_property
    def folded(self) -> SafeString:
        """The rules that fold the lines of those whom the current user has blocked. One query, or none."""
        person = self._request.user
        # Most have blocked nobody, and need no queryset for it.
        if not (isinstance(person, Person) and person.has_blocked):
            return SafeString("")
        return render.folded(Block.objects.blocked_by(person))

    @cached_property
    def own_picture(self) -> SafeString:
        """The current user's picture, in their seal."""
        return render.own_picture(self._request.user)  # type: ignore[arg-type]

    @cached_property
    def present(self) -> Present:
        """Who is in which room: as this process saw it when it last looked, if it does; else one query."""
        return last_seen() or present()

    @cached_property
    def online(self) -> render.PeopleList:
        """The list of who is online; for a guest, of those whom they may know. Two queries more for them."""
        viewer = self._request.user
        if viewer.is_authenticated and viewer.is_guest:
            seen = guests.seen_online([viewer.pk], self.present)[viewer.pk]
            return seen.html(self.community.seen_people)
        return self.people("online", ONLINE)

    def people(self, template: str, place: str) -> render.PeopleList:
        """The list of who is in `place`; `template` is a partial of accounts/people.html."""
        here, away = self.present.get(place, ()), self.present.get(AWAY, ())
        return render.people_list(template, here, self.community.seen_people, away)


def page_context(request: HttpRequest) -> PageContext:
    """What the page that answers `request` shows around its own."""
    if not hasattr(request, "page_context"):
        request.page_context = PageContext(request)  # type: ignore[attr-defined]
    return request.page_context  # type: ignore[attr-defined]
