"""Who may do what: docs/permissions.md, compared with what is so for everybody in a site made for it.

An address or a frame without a row fails, and so does one that answers otherwise than the page says. Where
that is meant: `PARLEY_WRITE_PERMISSIONS=1 bin/test tests -k permissions` writes the page anew, to be read.
"""

import datetime
import difflib
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Invitation, Person
from integrations.actions.bots import create_bot
from integrations.actions.hooks import make_hook
from integrations.actions.outgoing_hooks import make_outgoing
from integrations.actions.tokens import make_token
from integrations.models import Hook, OutgoingHook
from notifications import ways
from notifications.models import Feed
from rooms.actions.direct import open_direct
from rooms.actions.members import put_in
from rooms.actions.messages_post import post_message
from rooms.actions.reminders import set_reminder
from rooms.actions.rooms import create_room
from rooms.actions.scheduled import schedule
from rooms.models import Attachment, Membership, Message, Preview, Report, Room
from rooms.tests.files import PNG
from tests.environment import ROOT

PAGE = ROOT / "docs" / "permissions.md"
HEAD = """# Who may do what

Made from what Parley does, and compared with it by each run of the tests (`tests/permissions.py`): everybody
below asks every address, by every method that it has, in a room of each kind. Three words in one cell are for
a room that is open, one that is closed, and a direct conversation; one word is for all.

| word | meaning |
|---|---|
| yes | it is shown, or done |
| same | it is answered, and nothing is other than before: it was so already, or there is nothing to do |
| told | it is not done, and a sentence says why |
| – | there is no such thing, or not for them: nobody can tell which (404) |
| no | not theirs to ask (403) |
| sign in | they are asked who they are; of a socket: it is not opened |
| 4401, 4403 | the socket is closed: signed out, or not theirs |

*member*, *room moderator* and *guest* are in the rooms; *stranger*, *moderator* and *administrator* are in
none of them. *banned* and *deactivated* were members until a second ago, and have a page open still. The
messages, files, previews, reminders, ways, tokens, feed and bot that are asked about are the member's.
"""
KINDS = ("open", "closed", "direct")
INSIDE = ("guest", "member", "room moderator", "banned", "deactivated")
WHO = ("anonymous", "stranger", *INSIDE[:3], "moderator", "administrator", *INSIDE[3:])
# What is not ours to say: Django's administration, and allauth's own pages about one's own account.
NOT_OURS = ("admin/",)
# Addresses that take no arguments of ours, or are told apart by a secret in them.
SECRETS = {
    "token": "x" * 22, "key": "x-y", "uidb36": "1", "secret": "x" * 22, "team": "T1", "app": "B1",
}  # fmt: skip


class Address(NamedTuple):
    """One address, and the methods it has."""

    name: str
    route: str
    methods: tuple[str, ...]

    @property
    def is_in_room(self) -> bool:
        """Whether it is about one room."""
        return "slug" in self.route or self.name in OF_A_MESSAGE


DAY = datetime.timedelta(days=1)
# The member's picture.
AVATAR = "abc123"
# What is in a room, and whose address does not say so.
OF_A_MESSAGE = ("file", "file_thumbnail", "preview_picture", "picture")
# The pages about a bot.
BOT_PAGES = (
    "bot", "bot_picture", "bot_rooms", "bot_room_leave", "bot_switch", "bot_delete", "bot_tokens",
    "bot_token_revoke",
)  # fmt: skip
# A way by which somebody is told, at an address that nobody has.
WAY = {"address": "https://hooks.invalid/", "after_minutes": "10"}
# What a form says that is to be done.
FORMS: dict[str, dict[str, Any]] = {
    "room_new": {"name": "a new one", "kind": "open"},
    "room": {"body": "said by somebody"},
    "preview": {"body": "some words"},
    "suggestions": {"body": "@al"},
    "files": {"files": SimpleUploadedFile("dot.png", PNG)},
    "message_edit": {"body": "other words", "seen": ""},
    "message_pin": {"pinned": "on"},
    "message_save": {"saved": "on"},
    "message_remind": {"when": "hour"},
    "reminders": {"text": "to call back", "at": "YEAR-01-31T09:00"},
    "reminder": {"do": "done"},
    "later": {"store": "on", "body": "for later", "when": "hour", "token": "x"},
    "scheduled_one": {"do": "remove"},
    "reactions": {"emoji": "👍"},
    "votes": {"choice": "Tea"},
    "at": {"emoji": "👍"},
    "reply": {"body": "an answer"},
    "thread": {"body": "an answer"},
    "thread_follow": {"follows": "on"},
    "members_add": {"person": "newcomer"},
    "member_role": {"role": "moderator"},
    "direct_new": {"person": "newcomer"},
    "room_settings": {
        "name": "renamed", "topic": "", "kind": "closed", "who_posts": "members", "who_calls": "members",
        "slow_seconds": 0, "retention_days": "", "slug": "renamed",
    },
    "room_archive": {"archived": "on"},
    "involvement": {"involvement": "nothing"},
    "favourite": {"favourite": "yes"},
    "side": {"order": "activity"},
    "side_section": {"folded": "true"},
    "go": {"q": "open"},
    "room_delete": {"name": "the KIND one"},
    "report": {"words": "not nice"},
    "administration_person": {"do": "mute", "minutes": "60"},
    "administration_invitations": {"email": "somebody@example.org", "role": "member"},
    "administration_invitation": {"do": "revoke"},
    "administration_report": {"how": "dismiss"},
    "administration_room": {"found": "on"},
    "administration_mail": {"do": "try"},
    "administration_community": {
        "name": "Another", "welcome": "", "accent": "", "policy": "open", "mail_domains": "",
        "rooms_by_all": "yes", "messages_a_minute": "600", "file_limit_mb": "0", "person_share_mb": "0",
        "site_share_mb": "0",
    },
    "community_logo_change": {"logo": SimpleUploadedFile("dot.png", PNG)},
    "join_link_replace": {"days": "1", "uses": "10"},
    "profile": {"display_name": "Somebody else", "time_zone": "", "hue": ""},
    "profile_picture": {"remove": "1"},
    "profile_status": {"emoji": "🌴", "text": "Away", "end": "1h"},
    "person_block": {"blocked": "on"},
    "notifications": {"after_minutes": "60", "direct": "on"},
    "digest": {"rhythm": "daily", "weekday": "0", "hour": "9"},
    "notifications_sound": {"sound": "bell"},
    "notifications_words": {"words": "harbour"},
    "tokens": {"name": "for a program", "scope": "write", "days": "30"},
    "bots": {"name": "Deployments"},
    "bot": {"name": "Deployments"},
    "bot_picture": {"picture": SimpleUploadedFile("dot.png", PNG)},
    "bot_rooms": {"room": "the-closed-one"},
    "bot_tokens": {"name": "for a program", "scope": "write", "days": "30"},
    "room_export": {"layout": "slack"},
    "administration_export": {"layout": "pages"},
    "administration_import": {
        "program": "slack", "archive": SimpleUploadedFile("archive.zip", b"no archive"),
    },
    "room_feeds": {"url": "https://feeds.invalid/"},
    "press": {"press": "0"},
    "hooks": {"kind": "chat", "name": "Nightly"},
    "hook": {"do": "renew"},
    "outgoing_new": {"kind": "messages", "name": "Robot", "address": "https://example.org/"},
    "outgoing": {"do": "remove"},
    "member_feed_change": {"do": "make"},
    "way_new": WAY,
    "way": WAY,
}  # fmt: skip


def addresses() -> list[Address]:
    """Every address that is ours, by its name."""
    found = [one for one in _addresses(get_resolver().url_patterns, "") if not one.route.startswith(NOT_OURS)]
    return sorted(found, key=lambda one: one.route)


def _addresses(patterns: list[Any], before: str) -> Iterator[Address]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and pattern.callback.__module__.split(".")[0] in (
            "rooms",
            "accounts",
            "administration",
            "integrations",
            "notifications",
            "live",
        ):
            yield Address(pattern.name or "", route, _methods(pattern.callback))


def _methods(view: Any) -> tuple[str, ...]:
    kind = getattr(view, "view_class", None)
    if kind is None:
        return ("GET",)
    allowed = [method for method in kind.http_method_names if hasattr(kind, method)]
    return tuple(method.upper() for method in ("get", "post") if method in allowed)


class Site:
    """A site with a room of each kind, and everybody in or out of it."""

    def __init__(self, *, ended: bool = True) -> None:
        make = get_user_model().objects.create_user
        self.founder = get_user_model().objects.create_superuser("founder")
        self.people: dict[str, Person] = {
            who: make(who.replace(" ", "-"), password="parley-demo", avatar=AVATAR if who == "member" else "")
            for who in WHO
            if who != "anonymous"
        }
        make("newcomer")
        for name in self.people["member"].stored_pictures:
            default_storage.save(name, ContentFile(PNG))
        for who in ("guest", "moderator", "administrator"):
            give_role(self.people[who], who)
        Room.objects.all().delete()
        members = [self.people[who] for who in INSIDE]
        self.rooms = {kind: create_room(self.founder, f"the {kind} one", kind=kind) for kind in KINDS[:2]}
        for room in self.rooms.values():
            put_in(room, members)
            Membership.objects.filter(room=room, person=self.people["room moderator"]).update(
                role="moderator"
            )
        self.rooms["direct"] = open_direct(members[0], members[1:])
        self.way = ways.make_way(self.people["member"], "webhook", address=WAY["address"])
        digest = hashlib.sha256(SECRETS["secret"].encode()).hexdigest()
        Feed.objects.create(person=self.people["member"], digest=digest, made_at=timezone.now())
        self.token, _ = make_token(self.people["member"], "a program", "write")
        self.bot = create_bot(self.people["member"], "Builds", rooms=(self.rooms["open"],), username="builds")
        self.bot_token, _ = make_token(self.bot, "a program", "write")
        self.invitation = Invitation.objects.create(email="invited@example.org")
        self.things = {kind: self._things(room) for kind, room in self.rooms.items()}
        self.clients = {who: self._client(who) for who in WHO}
        # All that is stored, before anything is asked.
        self.stored = ""
        if ended:
            self.end_some()

    def end_some(self) -> None:
        """Let the accounts of those end who are gone in a second."""
        for who in INSIDE[3:]:
            end(self.people[who], who)

    def revive(self) -> None:
        """Let them be there again, to knock at another door."""
        for who in INSIDE[3:]:
            self.people[who].is_active = True
            self.people[who].save()
            self.clients[who] = self._client(who)

    def _things(self, room: Room) -> dict[str, int]:
        """The ids of what there is in a room of the member's: by the names of addresses."""
        member = Membership.objects.select_related("room", "person").get(
            room=room, person=self.people["member"]
        )
        message = Message.objects.get(pk=post_message(member, "some words").pk)
        poll = post_message(member, "/poll What to drink? | Tea | Coffee")
        picture = {"kind": "image", "content_type": "image/png", "size": 9, "width": 9, "height": 9}
        stored = [default_storage.save(f"permissions/{name}.png", ContentFile(PNG)) for name in "abc"]
        files = {"file": stored[0], "thumbnail": stored[1]}
        of = {"room": room, "uploader": member.person, "name": "a.png"}
        file = Attachment.objects.create(message=message, **of, **picture, **files)
        waiting = Attachment.objects.create(**of, **picture, **files)
        preview = Preview.objects.create(
            message=message, url="https://example.org/", title="x", image=stored[2]
        )
        return {
            "pk": message.pk, "votes": poll.pk, "preview_pk": preview.pk, "file": file.pk,
            "file_thumbnail": file.pk, "picture": file.pk,
            "preview_picture": preview.pk, "file_remove": waiting.pk,
            "administration_person": member.person_id, "administration_invitation": self.invitation.pk,
            "administration_report": self._report(message),
            "reminder": set_reminder(member.person, timezone.now() + DAY, "to call back").pk,
            "scheduled_one": schedule(member, "for later", timezone.now() + DAY, room.slug).pk,
            "hook": self._hook(room),
            "outgoing": self._outgoing(room),
            **dict.fromkeys(("way", "way_test", "way_secret", "way_remove"), self.way.pk),
            "token_revoke": self.token.pk,
            **dict.fromkeys(BOT_PAGES, self.bot.pk),
        }  # fmt: skip

    def _hook(self, room: Room) -> int:
        """A hook of the founder's; in a direct conversation, which has none, that of another room."""
        if room.is_direct:
            return Hook.objects.latest("pk").pk
        place = Membership.objects.select_related("room", "person").get(room=room, person=self.founder)
        return make_hook(place, "chat", "Builds" if room.kind == "closed" else "Lights").pk

    def _outgoing(self, room: Room) -> int:
        """What hears a room; in a direct conversation, which nothing hears, what hears another."""
        if room.is_direct:
            return OutgoingHook.objects.latest("pk").pk
        place = Membership.objects.select_related("room", "person").get(room=room, person=self.founder)
        name = "Ears" if room.kind == "closed" else "Lighthouse"
        return make_outgoing(place, kind="command", name=name, address="https://example.org/", words="sky").pk

    def _report(self, message: Message) -> int:
        """What somebody said of a message."""
        return Report.objects.create(message=message, reporter=self.people["guest"], body="x").pk

    def _client(self, who: str) -> Client:
        client = Client(raise_request_exception=True)
        if who in self.people:
            client.force_login(self.people[who])
        return client

    def arguments(self, address: Address, kind: str) -> dict[str, Any]:
        """What stands in an address."""
        things = self.things[kind]
        values: dict[str, Any] = {
            "slug": self.rooms[kind].slug, "preview_pk": things["preview_pk"], "name": "a.png",
            "username": "member", "provider_id": "nobody", "section": "rooms", "act": "react",
            "kind": "webhook",
            "pk": things.get(address.name, things["pk"] if "slug" in address.route else 1),
        } | SECRETS  # fmt: skip
        if address.name == "bot_token_revoke":
            values["token_pk"] = self.bot_token.pk
        if address.name == "bot_room_leave":
            values["place"] = Membership.objects.get(person=self.bot).pk
        if address.name.startswith("avatar"):
            values["name"] = AVATAR
        return {name: values[name] for name in re.findall(r"<(?:\w+:)?(\w+)>", address.route)}

    def ask(self, address: Address, method: str, who: str, kind: str) -> str:
        """What somebody gets for it, as a word; what they do is undone."""
        url = reverse(address.name, kwargs=self.arguments(address, kind))
        form = {name: filled(value, kind) for name, value in FORMS.get(address.name, {}).items()}
        # Of whose message it is about, the form says, by either method.
        at = {"at": f"message-{self.things[kind]['pk']}"} if address.name == "at" else {}
        with transaction.atomic():
            # Looked at once: whatever is done is undone.
            self.stored = self.stored or fingerprint()
            response = getattr(self.clients[who], method.lower())(url, at | form if method == "POST" else at)
            word = word_for(response, was_done=lambda: method == "GET" or fingerprint() != self.stored)
            transaction.set_rollback(True)
        return word


def filled(value: Any, kind: str) -> Any:
    """A value of a form, about a room of that kind."""
    if isinstance(value, SimpleUploadedFile):
        value.seek(0)
    soon = str(timezone.now().year + 1)
    return value.replace("KIND", kind).replace("YEAR", soon) if isinstance(value, str) else value


def give_role(person: Person, role: str) -> None:
    """Let somebody be that in the community."""
    person.role = role
    person.save()


def end(person: Person, how: str) -> None:
    """Let somebody's account end, as an administrator does, while their session goes on."""
    person.is_active = False
    person.save()


def fingerprint() -> str:
    """What changes with anything that is stored about people and rooms."""
    rows = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.app_label in ("rooms", "accounts", "account", "notifications", "integrations"):
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')
                rows.append((model._meta.db_table, cursor.fetchall()))
    return repr(rows)


def word_for(response: HttpResponseBase, *, was_done: Callable[[], bool]) -> str:
    """An answer in a word; `was_done` is asked where the answer alone does not say it."""
    location = response.headers.get("Location", "")
    if response.status_code in (301, 302, 303) and location.startswith("/accounts/login/"):
        return "sign in"
    words = {404: "–", 403: "no", 422: "told", 409: "told", 429: "told"}
    if response.status_code in words:
        return words[response.status_code]
    assert response.status_code < 400, f"{response.status_code} {response}"
    said = getattr(getattr(response, "wsgi_request", None), "_messages", None) or ()
    is_done = was_done()
    if not is_done and any(one.level_tag == "error" for one in getattr(said, "_queued_messages", said)):
        return "told"
    return "yes" if is_done else "same"


def table_of(site: Site, those: list[Address]) -> str:
    """A table: a row an address and method, a column everybody who asks."""
    lines = [f"| | | {' | '.join(WHO)} |", "|---" * (len(WHO) + 2) + "|"]
    for address in those:
        for method in address.methods:
            kinds = KINDS if address.is_in_room else KINDS[:1]
            cells = []
            for who in WHO:
                words = [site.ask(address, method, who, kind) for kind in kinds]
                cells.append(words[0] if len(set(words)) == 1 else ", ".join(words))
            lines.append(f"| `/{plain(address.route)}` | {method} | {' | '.join(cells)} |")
    return "\n".join(lines)


def plain(route: str) -> str:
    """An address as people read it: `/rooms/<slug>/`."""
    return re.sub(
        r"<(?:\w+:)?(\w+)>",
        r"<\1>",
        re.sub(r"\(\?P<(\w+)>[^)]*\)|[\^$]", lambda m: f"<{m[1]}>" if m[1] else "", route),
    )


# -- The page ------------------------------------------------------------------------------


def compare(title: str, section: str) -> None:
    """Compare a section with that of the page; or write it there, where that was asked for."""
    there = PAGE.read_text() if PAGE.exists() else HEAD
    found = re.search(rf"^## {title}\n\n(.*?)\n(?=\n## |\Z)", there, re.DOTALL | re.MULTILINE)
    if os.environ.get("PARLEY_WRITE_PERMISSIONS"):
        whole = f"## {title}\n\n{section}\n"
        there = there.replace(found[0], whole) if found else f"{there.rstrip()}\n\n{whole}"
        PAGE.write_text(HEAD + there[there.index("\n## ") :])
        return
    assert found is not None, f"docs/permissions.md has no section {title}"
    other = difflib.unified_diff(found[1].splitlines(), section.splitlines(), "the page", "what is so", n=0)
    assert section == found[1], "\n".join(other)
