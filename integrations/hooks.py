"""What of integrations hears of what happens in the apps below: all that is hung up there, in one list."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts import clearing, downloads
from accounts.models import Departure, Person, admitted
from accounts.tasks import let_worker
from integrations import ending, tasks, tokens
from integrations.actions import exports, feeds, icons, imports, outgoing_calls, own_commands
from integrations.actions import tokens as actions
from integrations.models import ArchiveImport, Export, Hook, HookIcon, OutgoingHook, Placeholder
from live import server_process, sessions
from live.server_process import ServerProcess
from rooms.actions import slash_commands
from rooms.actions.messages_post import messages_heard

# Programs that open sockets.
sessions.token_holders.append(tokens.people_with)

# Once a second.
server_process.tickers.append(ending.tick)

# What those leave who leave for good.
clearing.steps.append(actions.clear)
clearing.steps.append(icons.clear)

# What is stored of an export, or of an archive that is moved in, goes with its row.
for kind in (Export, ArchiveImport):
    post_delete.connect(downloads.forget_file, sender=kind)

# So are the pictures beside what programs say.
post_delete.connect(icons.forget_files, sender=HookIcon)


@receiver(post_save, sender=Person)
def close_sockets_of_bots(instance: Person, created: bool, **kwargs: Any) -> None:
    """Who may not come in any longer has no bots that do."""
    if not created and not instance.is_active and not instance.is_bot:
        ending.recheck_bots(instance.pk)


# What waits for the worker: a message for a program that listens, an export, an archive, a new feed, an icon.
outgoing_calls.call_waits.connect(tasks.let_tell)
exports.export_waits.connect(tasks.let_export)
imports.import_waits.connect(tasks.let_move_in)
feeds.feed_waits.connect(tasks.let_look_at_feed)
icons.icon_waits.connect(tasks.let_fetch_icon)


# Commands that rooms have of their own, and what answers them later.
slash_commands.own_commands.append(own_commands.run)
slash_commands.own_examples.append(own_commands.examples)


def on_whispered(process: ServerProcess, event: dict[str, Any]) -> None:
    """A command is answered to who typed it, on their pages of the room."""
    process.deliver(event["place"], event["html"], only=frozenset({event["person"]}))


server_process.handlers[own_commands.WHISPERED] = on_whispered


@receiver(post_delete, sender=Hook)
@receiver(post_delete, sender=OutgoingHook)
def retire_bot(instance: Hook | OutgoingHook, **kwargs: Any) -> None:
    """With its hook, and so with the room of that, a bot is over; what it said elsewhere stays."""
    Person.objects.filter(pk=instance.bot_id).update(is_active=False)


@receiver(messages_heard)
def listen(messages: Sequence[int], **kwargs: Any) -> None:
    """People have said something where programs listen."""
    outgoing_calls.listen(messages)


# -- Whom messages wait for that were moved in ---------------------------------------------


def forget_placeholder(departure: Departure) -> None:
    """Who was deleted waits for nobody any longer."""
    Placeholder.objects.filter(person=departure.person_id).delete()


clearing.steps.append(forget_placeholder)


@receiver(post_save, sender=EmailAddress)
def look_for_placeholder(instance: EmailAddress, raw: bool = False, **kwargs: Any) -> None:
    """Somebody has shown that an address is theirs: what waits for it is, too."""
    if not raw and instance.verified and Placeholder.objects.filter(email=instance.email.lower()).exists():
        transaction.on_commit(partial(let_worker, tasks.claim_placeholders, instance.user_id))


@receiver(admitted)
def look_for_placeholders_of(person: Person, **kwargs: Any) -> None:
    """Somebody new comes in, who may have shown it before."""
    mine = EmailAddress.objects.filter(user=person, verified=True).values("email")
    if Placeholder.objects.filter(email__in=mine).exists():
        transaction.on_commit(partial(let_worker, tasks.claim_placeholders, person.pk))
