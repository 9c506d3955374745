"""The threads that one follows, by HTTP: all of them, and one at a time."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.access import PersonRequest
from hypermedia.fragments import hx_partial, notice
from hypermedia.responses import SeeOther
from hypermedia.views import HtmxNotFoundMixin
from rooms import access
from rooms.actions.following import follow, read_thread, read_threads, unfollow
from rooms.models import Follower, Membership, Message, Room
from rooms.models.message import PAGE_SIZE
from rooms.models.room import seen_by
from rooms.models.values import MessageRow
from rooms.render.beside import PREFIX, beside
from rooms.render.history import history_url
from rooms.render.message import render_each
from rooms.views.beside import BesideView, open_beside, room_named
from rooms.views.menu import leave_menu

THREADS_ON_A_PAGE = 20
# Of each thread, its newest answers.
ANSWERS_SHOWN = 3

FOLLOWED = gettext_lazy("You follow this thread: it is among your threads.")
UNFOLLOWED = gettext_lazy("You follow this thread no longer.")


class Answer(NamedTuple):
    """An answer in the list: its row, and whether it is new."""

    message: MessageRow
    row: SafeString
    is_new: bool


class FollowedThread(NamedTuple):
    """A thread in the list: its first message, its newest answers, how many are new, where these begin."""

    first: MessageRow
    row: SafeString
    room: Room
    answers: list[Answer]
    new: int
    newest_url: str

    @property
    def earlier(self) -> int:
        """How many answers it has before those that are shown."""
        return max(0, self.first.replies - len(self.answers))


class ThreadsView(BesideView):
    """The threads that one follows, in all the rooms that one is in."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """A page of them, what has something new first. Beside the `room`, if the address names one."""
        page = Paginator(Follower.objects.listed_for(request.user), THREADS_ON_A_PAGE).get_page(
            request.GET.get("page")
        )
        context = {"page": page, "threads": followed_threads(request, list(page.object_list))}
        if "room" in request.GET:
            room = room_named(request)
            context["of"] = f"&{urlencode({'room': room.slug})}"
            return open_beside(request, room, "rooms/threads_beside.html", context)
        return render(request, "rooms/threads.html", context)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """All that is in them is seen."""
        read_threads(request.user)
        return SeeOther(list_address(request))


class ThreadActionView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """What one does with a thread: asked for in the list, in its head, or in a message's menu."""

    http_method_names = ("post",)

    def thread(self, request: PersonRequest, slug: str, pk: int) -> tuple[Membership, Message]:
        """The thread that the message `pk` belongs to: its first message. Raises NotFound."""
        return access.thread(request.user.pk, slug, pk)


class ThreadFollowView(ThreadActionView):
    """Whether one follows a thread."""

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """One does, unless `follows` is "off"."""
        membership, first = self.thread(request, slug, pk)
        first.follows = request.POST.get("follows") != "off"
        (follow if first.follows else unfollow)(membership, first)
        if "list" in request.POST:
            return SeeOther(list_address(request))
        if not request.htmx:
            return SeeOther(reverse("thread", args=[slug, first.pk]))
        context = {"room": membership.room, "first": first}
        head = render_to_string("rooms/thread.html#follow", context, request)
        said = notice(str(FOLLOWED if first.follows else UNFOLLOWED))
        asked_at = pk if "menu" in request.POST else None
        return HttpResponse(
            (leave_menu_of(membership, asked_at) if asked_at else "")
            + hx_partial(f"#follow-{first.pk}", "outerHTML", head)
            + hx_partial("#notices", "beforeend", said)
        )


class ThreadReadView(ThreadActionView):
    """A thread, as read, without opening it."""

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Mark it so."""
        membership, first = self.thread(request, slug, pk)
        read_thread(membership.person_id, first.pk)
        return SeeOther(list_address(request))


def list_address(request: PersonRequest) -> str:
    """Where the list is that something was asked for in: on a page of its own, or beside a room."""
    asked = {"room": request.POST.get("beside", ""), "page": request.POST.get("page", "")}
    asked = {name: value for name, value in asked.items() if value and (name, value) != ("page", "1")}
    return reverse("threads") + (f"?{urlencode(asked)}" if asked else "")


def leave_menu_of(membership: Membership, pk: int) -> str:
    """Partials that hide the menu of the message with the id `pk`, if it is there still. One query."""
    message = membership.room.messages.undeleted().filter(pk=pk).with_author().first()
    if message is None:
        return ""
    message.room = membership.room
    return leave_menu(message)


def followed_threads(request: PersonRequest, those: list[Follower]) -> list[FollowedThread]:
    """These threads as the list shows them. Six queries at most, and those of the rows."""
    threads = {one.thread_id: one for one in those}
    if not threads:
        return []
    new = Follower.objects.news_of(request.user, threads)
    rows = _rows(threads)
    firsts = {message.pk: (message, row) for message, row in rows if message.pk in threads}
    answers = defaultdict(list)
    for message, row in rows:
        if message.thread_id in threads:
            seen = threads[message.thread_id].seen
            is_new = message.pk > seen and message.author_id != request.user.pk
            answers[message.thread_id].append(Answer(message, beside(row, message.thread_id), is_new))
    rooms = Room.objects.in_bulk({message.room_id for message, _ in firsts.values()})
    seen_by(list(rooms.values()), request.user.pk)
    return [
        _thread(message, beside(row), rooms[message.room_id], answers[pk], new)
        for pk in threads
        if pk in firsts
        for message, row in [firsts[pk]]
    ]


def _rows(threads: Mapping[int, Follower]) -> list[tuple[MessageRow, SafeString]]:
    """The rows of the first messages, and of the newest answers, oldest first."""
    number = Window(RowNumber(), partition_by=F("thread"), order_by=F("pk").desc())
    answers = Message.objects.undeleted().filter(thread__in=threads).annotate(back=number)
    newest = answers.filter(back__lte=ANSWERS_SHOWN).values_list("pk", flat=True)
    return render_each(Message.objects.filter(pk__in=[*threads, *newest]).order_by("pk").rows())


def _thread(
    first: MessageRow, row: SafeString, room: Room, answers: list[Answer], new: Mapping[int, tuple[int, int]]
) -> FollowedThread:
    count, first_new = new.get(first.pk, (0, 0))
    address = reverse("thread", args=[room.slug, first.pk])
    if first_new and count <= PAGE_SIZE:
        address += f"#{PREFIX}message-{first_new}"
    elif first_new:
        # It is further back than the page of a thread goes.
        address = history_url(room.slug, first_new)
    return FollowedThread(first, row, room, answers, count, address)
