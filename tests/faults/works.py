"""What the worker may have to do, as `endings` prepares it at a furnished site; and what is seen of it."""

import datetime
import hashlib
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.db.models import F
from django.tasks import Task
from django.utils import timezone
from huey.api import TaskWrapper

import accounts.tasks
import integrations.tasks
import notifications.tasks
import rooms.tasks
from accounts import departures
from accounts.models import Departure, Download, Person, PreparedFile
from accounts.models.values import stored_pictures
from integrations.actions.bots import create_bot
from integrations.actions.hook_messages import post_message as post_said
from integrations.actions.hooks import make_hook
from integrations.actions.imports import start
from integrations.actions.outgoing_hooks import make_outgoing
from integrations.feeds.saying import let_say
from integrations.incoming.chat import IncomingMessage
from integrations.models import Export, HookIcon, IncomingFeed
from integrations.moving.slack import SlackArchive
from integrations.tests.archives import moved, said, slack
from integrations.tests.servers import Server
from rooms.actions.messages_post import post_message
from rooms.actions.reminders import set_reminder
from rooms.actions.removals import ask_for_removal
from rooms.actions.scheduled import schedule
from rooms.models import Membership, Message, Room
from rooms.tests.test_previews import ELSEWHERE, Site, png
from tests.faults.endings import Work

LATER = datetime.timedelta(minutes=10)
FEED = (
    '<rss version="2.0"><channel><title>Garden</title>'
    "<item><title>One</title><guid>g1</guid></item><item><title>Two</title><guid>g2</guid></item></channel></rss>"
)
# Another loopback address: a place elsewhere.
hooks, pages = Server(), Site()
LOOKED_AT = {
    "icon": pages.says("/icon.png", png(), "image/png"),
    "feed": pages.says("/feed", FEED, "text/xml"),
    "page": pages.says("/page", "<title>Roses</title>"),
}
settings.LINK_PREVIEWS = True
settings.NOTIFICATION_NETWORKS = settings.LINK_PREVIEW_NETWORKS = [f"{ELSEWHERE}/32", "127.0.0.3/32"]


# -- Who is there ----------------------------------------------------------------------------


def person(name: str) -> Person:
    """Somebody of the furniture."""
    return Person.objects.get(username=name)


def place(name: str, slug: str = "general") -> Membership:
    """Their membership of a room."""
    return Membership.objects.select_related("room", "person").get(room__slug=slug, person__username=name)


def say(name: str, *texts: str) -> list[int]:
    """Let somebody say something in general."""
    return [post_message(place(name), text).pk for text in texts]


def with_address(name: str) -> Person:
    """Somebody, with an address that is confirmed."""
    one = person(name)
    EmailAddress.objects.create(user=one, email=f"{name}@example.org", primary=True, verified=True)
    return one


def moderated() -> Membership:
    """A membership of somebody who may change general."""
    Membership.objects.filter(pk=place("p0").pk).update(role=Membership.Role.MODERATOR)
    return place("p0")


# -- What there is to do ---------------------------------------------------------------------


def removal() -> None:
    say("p1", "one", "two", "three")
    say("p2", "another's")
    ask_for_removal(person("root"), person("p1"), "ever")


def old_messages() -> None:
    say("p1", "one", "two")
    old = timezone.now() - datetime.timedelta(days=9)
    Message.objects.update(posted_at=old)
    say("p1", "three")
    Room.objects.filter(slug="general").update(retention_days=7)


def messages_for_later() -> None:
    past = timezone.now() - datetime.timedelta(minutes=1)
    for number in range(2):
        schedule(place("p1"), f"later {number}", past, f"a-token-{number}")
    schedule(place("p2"), "never", past, "a-token")
    place("p2").delete()


def reminders() -> None:
    past = timezone.now() - datetime.timedelta(minutes=1)
    for name in ("p1", "p2"):
        set_reminder(with_address(name), past, f"of {name}")


def missed_messages() -> None:
    for name in ("p1", "p2"):
        with_address(name)
    say("p0", "@p1 look", "@p2 and you")
    Message.objects.update(posted_at=timezone.now() - datetime.timedelta(minutes=40))


def mails() -> None:
    for name in ("p1", "p2"):
        accounts.tasks.mail_later("About something", "It is so.", f"{name}@example.org")


def links_to_a_password() -> None:
    with_address("p1")
    accounts.tasks.reset_links_later("p1@example.org", "http://testserver/UID-KEY/")


def download() -> None:
    say("p1", "one", "two")
    one = Download.objects.create(person=person("p1"))
    accounts.tasks.let_worker(accounts.tasks.make_download, one.pk)


def departure(*, removes_messages: bool) -> None:
    say("p1", "one", "two")
    departures.leave(person("p1"), removes_messages=removes_messages)


def export(layout: str) -> None:
    say("p1", "one", "two")
    one = Export.objects.create(person=person("root"), layout=layout, room=Room.objects.get(slug="general"))
    integrations.tasks.let_export(one.pk)


def archive(folder: str) -> Path:
    """An archive of Slack's, with people who have no account here."""
    reaction = {"name": "+1", "users": ["U2", "U3"]}
    return slack(Path(folder), [said(0, "U2", "Who, <@U1>?", reactions=[reaction]), said(1, "U3", "<@U2>.")])


def archive_to_move_in() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = archive(folder).read_bytes()
    start(person("root"), "slack", SimpleUploadedFile("team.zip", data))


def placeholder() -> None:
    with tempfile.TemporaryDirectory() as folder:
        moved(SlackArchive(archive(folder)))
    EmailAddress.objects.create(user=person("p1"), email="bob@example.org", primary=True, verified=True)


def feed(url: str) -> IncomingFeed:
    """A feed of general that was read before."""
    bot = create_bot(person("root"), "Garden", rooms=(Room.objects.get(slug="general"),), username="feed-1")
    now = timezone.now()
    return IncomingFeed.objects.create(room=Room.objects.get(slug="general"), bot=bot, url=url, read_at=now)


def something_in_a_feed() -> None:
    let_say(feed("http://garden.example/"), ["one", "two"], timezone.now())


def feed_to_look_at() -> None:
    integrations.tasks.let_look_at_feed(feed(LOOKED_AT["feed"]).pk)


def hook() -> None:
    make_outgoing(moderated(), kind="messages", name="Robot", address=hooks.address)
    say("p1", "one", "two")


def answering(status: int, words: str = "") -> Callable[[], None]:
    """Let the server elsewhere that hooks post to answer so."""

    def answer() -> None:
        hooks.status, hooks.words = status, words

    return answer


def icon() -> None:
    speaking = make_hook(moderated(), "chat", "Builds")
    for text in ("one", "two"):
        post_said(speaking, IncomingMessage(text, icon_address=LOOKED_AT["icon"]))


def link() -> None:
    say("p1", f"see {LOOKED_AT['page']}")


WORKS: dict[str, Work] = {
    "removal": Work(removal, (rooms.tasks.go_on_removing,)),
    "retention": Work(old_messages, (rooms.tasks.sweep_messages,)),
    "scheduled": Work(messages_for_later, (rooms.tasks.send_scheduled,)),
    "reminders": Work(reminders, (rooms.tasks.ring_reminders, notifications.tasks.tell)),
    "missed": Work(missed_messages, (notifications.tasks.tell,)),
    "mails": Work(mails, (accounts.tasks.send_mails_that_wait,)),
    "reset": Work(links_to_a_password, (accounts.tasks.send_mails_that_wait,)),
    "download": Work(download, (accounts.tasks.take_up_again,)),
    "departure": Work(partial(departure, removes_messages=False), (accounts.tasks.take_up_again,)),
    "departure-with-messages": Work(
        partial(departure, removes_messages=True), (accounts.tasks.take_up_again,)
    ),
    **{
        f"export-{layout}": Work(partial(export, layout), (integrations.tasks.take_up_exports,))
        for layout in ("pages", "slack", "parley")
    },
    "import": Work(archive_to_move_in, (integrations.tasks.go_on_moving_in,)),
    "claim": Work(placeholder, (integrations.tasks.claim_left_over,)),
    "feed-says": Work(something_in_a_feed, (integrations.tasks.say_what_feeds_have,)),
    "feed-look": Work(
        feed_to_look_at,
        (integrations.tasks.look_at_feeds, integrations.tasks.say_what_feeds_have),
    ),
    "hook": Work(hook, (integrations.tasks.tell_hooks_again,), meet=answering(200, '{"text": "*Building*"}')),
    "hook-gone": Work(hook, (integrations.tasks.tell_hooks_again,), meet=answering(410)),
    "icon": Work(icon, (integrations.tasks.fetch_icons,)),
    "link": Work(link, may_be_left=True),
}

# What is put into the queue by what is prepared for these.
QUEUED = {
    "remove_messages", "send_mail_of", "make_download", "clear_after", "make_export", "move_archive_in",
    "claim_placeholders", "look_at_feed", "tell_hook", "preview_links", "fetch_icon",
}  # fmt: skip
LEFT_OUT = {
    # They delete what nobody names or needs any longer, and what one leaves the next deletes.
    "sweep_files", "sweep_downloads", "sweep_exports", "sweep_mails", "sweep_hooks",
    "sweep_reply_addresses", "remove_files",
    # The same as is done each minute, because somebody asked; and a test, for which they ask again.
    "send_waiting_mails", "send_missed", "test_way",
    # What an earlier version left in the queue.
    "send_mail", "send_reset_links",
}  # fmt: skip


def forgotten() -> set[str]:
    """The tasks that are neither among these works nor left out for a reason."""
    modules = (accounts.tasks, integrations.tasks, notifications.tasks, rooms.tasks)
    there = {
        name for one in modules for name, value in vars(one).items() if isinstance(value, Task | TaskWrapper)
    }
    done = {periodic.task_class.__name__ for work in WORKS.values() for periodic in work.periodic}
    return there - done - QUEUED - LEFT_OUT


# -- Time, and what is to be seen ------------------------------------------------------------


def ten_minutes_later() -> None:
    """Whatever waits, or is somebody's for a while, has done so for ten minutes more."""
    for kind in apps.get_models():
        for name in ("due_at", "beat_at"):
            if any(field.name == name for field in kind._meta.fields):
                kind._default_manager.update(**{name: F(name) - LATER})
    HookIcon.objects.update(asked_at=F("asked_at") - LATER)
    Departure.objects.update(asked_at=F("asked_at") - LATER)


def forget_outside() -> None:
    """Nothing was done outside yet."""
    hooks.posted.clear()


def outside() -> list[str]:
    """What was done outside, but for mails."""
    return [f"hook {one.headers['webhook-id']}" for one in hooks.posted]


# Drawn by lot, or as often as it was tried: that is otherwise after a worker that was killed.
OTHERWISE = {"tries", "turn", "report", "slug", "password"}
# What has the name of a picture, drawn by lot: what is in that counts.
PICTURES = {"picture", "shown_picture"}
OURS = ("accounts", "rooms", "integrations", "notifications", "account")


def seen() -> dict[str, Any]:
    """All rows but for moments, and all files that rows name: a digest of each, of a zip what is in it."""
    found: dict[str, Any] = {}
    for kind in apps.get_models():
        if kind._meta.app_label in OURS:
            rows = [row_of(one) for one in kind._default_manager.order_by("pk")]
            found[kind._meta.label] = rows
    return found


def row_of(one: models.Model) -> list[str]:
    """What a row says."""
    return [
        f"{field.name}={value_of(one, field)}"
        for field in one._meta.fields
        if field.name not in OTHERWISE and not isinstance(field, models.DateTimeField | models.UUIDField)
    ]


def value_of(one: models.Model, field: Any) -> str:
    """The value of a field; of a file whether it is there, and what is in it."""
    value = getattr(one, field.attname)
    if isinstance(one, PreparedFile) and one.file and field.name == "size":
        # The moments in it are packed a byte shorter, or longer.
        return "that of the file" if value == one.file.size else str(value)
    if field.name in PICTURES and value:
        return " ".join(digest_of(name) for name in stored_pictures(value))
    if not isinstance(field, models.FileField) or not value:
        return str(value)
    return digest_of(value.name)


def digest_of(name: str) -> str:
    """What stands for the content of a stored file."""
    with default_storage.open(name) as file:
        if zipfile.is_zipfile(file):
            return f"a zip of {sorted(zipfile.ZipFile(file).namelist())}"
        file.seek(0)
        return hashlib.sha256(file.read()).hexdigest()
