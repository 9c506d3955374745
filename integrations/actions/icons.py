"""Pictures that programs show beside their messages: fetched once, by the worker, and kept.

A message is posted with what it has, and waits. Wherever a worker ends, the next one goes on: with the
picture, fetched once more at most, or with those that wait for it.
"""

import datetime
import logging
from collections.abc import Iterable
from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from accounts import stored_files
from accounts.actions import new_picture_name, store_picture
from accounts.models import Departure, Person
from integrations.models import HookIcon
from rooms.access import NotFound
from rooms.actions.message_change import change_message
from rooms.files.look import NothingFound, look_at_picture
from rooms.models import Message
from rooms.models.values import MessageRow

log = logging.getLogger(__name__)

# Addresses of one bot: what comes beyond that is shown without.
ICONS_AT_MOST = 50
# Longer than one takes to be fetched and stored: who fetches one has it for that long.
TURN = datetime.timedelta(seconds=60)
# For how long an address is not asked again where there was no picture.
LEFT_ALONE = datetime.timedelta(days=1)
# Those that are fetched in one go.
AT_ONCE = 20

# Sent after the commit: `icon_id`.
icon_waits = Signal()


def icon_at(bot: Person, address: str) -> HookIcon | None:
    """What there is of the picture at `address` for a bot; None where it is not looked for.

    One query, and none without an address; for a new address some more.
    """
    if not address or not settings.LINK_PREVIEWS:
        return None
    there = HookIcon.objects.filter(bot=bot, address=address).first()
    if there is None and HookIcon.objects.filter(bot=bot, address__startswith="http").count() < ICONS_AT_MOST:
        there, _ = HookIcon.objects.get_or_create(bot=bot, address=address)
    return None if there is None or there.failed_at else there


@transaction.atomic
def let_wait(icon: HookIcon, rows: Iterable[MessageRow]) -> None:
    """Let messages have the picture once it is there."""
    icon.waiting.add(*(row.pk for row in rows))
    transaction.on_commit(lambda: icon_waits.send(sender=HookIcon, icon_id=icon.pk))


def fetch_waiting() -> None:
    """Fetch what messages wait for, and what a worker has left."""
    free = Q(asked_at=None) | Q(asked_at__lt=timezone.now() - TURN)
    waited_for = HookIcon.objects.filter(free, waiting__isnull=False).order_by("pk").distinct()
    for pk in waited_for.values_list("pk", flat=True)[:AT_ONCE]:
        fetch(pk)


def fetch(icon_id: int) -> None:
    """Have the picture, if it is not here yet, and show it beside the messages that wait for it."""
    if icon := _take(icon_id):
        _fetch(icon)
    there = HookIcon.objects.filter(pk=icon_id).first()
    if there is None:
        return
    if there.failed_at:
        there.waiting.clear()
    elif there.fetched_at:
        for message in there.waiting.order_by("pk"):
            _show(there, message)


@transaction.atomic
def _take(icon_id: int) -> HookIcon | None:
    """A picture that is to be fetched, for a TURN, with a new name; None where somebody else does, or did.

    It is named before it is stored: whatever was stored is named somewhere, and goes with what names it.
    """
    free = Q(asked_at=None) | Q(asked_at__lt=timezone.now() - TURN)
    wanted = HookIcon.objects.filter(free, pk=icon_id, fetched_at=None, failed_at=None)
    icon = wanted.select_for_update().first()
    if icon is None:
        return None
    stored_files.forget(*icon.stored_names)
    icon.picture, icon.asked_at = new_picture_name(), timezone.now()
    icon.save(update_fields=["picture", "asked_at"])
    return icon


def _fetch(icon: HookIcon) -> None:
    mine = HookIcon.objects.filter(pk=icon.pk, picture=icon.picture)
    try:
        store_picture(icon.picture, look_at_picture(icon.address))
    except (NothingFound, OSError) as reason:
        log.info("No picture at %s: %s", icon.address[:200], reason)
        mine.update(picture="", failed_at=timezone.now())
        return
    if not mine.update(fetched_at=timezone.now()):
        # The bot has left meanwhile, or this took so long that it was somebody else's turn.
        stored_files.remove(*icon.stored_names)


@transaction.atomic
def _show(icon: HookIcon, message: Message) -> None:
    with suppress(NotFound):
        change_message(message, shown_picture=icon.picture)
    icon.waiting.remove(message)


def sweep(now: datetime.datetime) -> None:
    """Forget the addresses at which there was no picture: they may be asked again."""
    HookIcon.objects.filter(failed_at__lt=now - LEFT_ALONE).delete()


def forget_files(instance: HookIcon, **kwargs: object) -> None:
    """What is stored of one goes with its row."""
    stored_files.forget(*instance.stored_names)


def clear(departure: Departure) -> None:
    """Take the pictures of a bot that has left from its messages, and then away."""
    said = Message.objects.filter(author=departure.person_id, shown_picture__isnull=False)
    for pk, room_id in list(said.undeleted().order_by("pk").values_list("pk", "room_id")):
        with suppress(NotFound):
            change_message(Message(pk=pk, room_id=room_id), shown_picture=None)
        departure.beat()
    said.update(shown_picture=None)
    HookIcon.objects.filter(bot=departure.person_id).delete()
