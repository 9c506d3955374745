"""Commands are obeyed, and answered to who typed them alone."""

from collections.abc import Callable
from typing import NoReturn

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from rooms.access import people_named
from rooms.actions.direct import open_direct
from rooms.actions.messages_post import message_batcher
from rooms.actions.messages_prepare import NewMessage
from rooms.actions.rejected import Rejected
from rooms.actions.reminders import set_reminder
from rooms.actions.topic import change_topic
from rooms.commands import COMMANDS, KEYS, MARKDOWN, Command, CommandAnswer, Example
from rooms.models import Membership
from rooms.moments import BadMoment, said
from rooms.moments_in_words import worded_reminder
from rooms.polls import BadPoll, read_poll

# Commands that programs have in a room: what runs one, and gives None where it is none of theirs; and what
# they are there, by the id of the room.
own_commands: list[Callable[[Membership, Command], CommandAnswer | None]] = []
own_examples: list[Callable[[int], list[Example]]] = []


def examples_in(room_id: int) -> list[Example]:
    """The commands that programs have in a room. One query."""
    return [example for examples in own_examples for example in examples(room_id)]


def run_command(membership: Membership, command: Command) -> CommandAnswer:
    """Do what a member's `command` asks. Raises Rejected with a sentence for them.

    What asks elsewhere has yet to do so: slow_commands.answered.
    """
    match command.name:
        case "help":
            commands = (*COMMANDS, *examples_in(membership.room_id))
            return CommandAnswer(commands=commands, markdown=MARKDOWN, keys=KEYS)
        case "topic":
            return CommandAnswer(change_topic(membership, command.words))
        case "msg":
            return _say_directly(membership, command.words)
        case "remind":
            return _remind(membership.person, command.words)
        case "poll":
            _refuse_poll(command.words)
        case "me":
            raise Rejected(_("Say what you do, as in: /me waves"))
        case name:
            for run in own_commands:
                if (answer := run(membership, command)) is not None:
                    return answer
            raise Rejected(
                _(
                    "There is no command /%(name)s; /help shows those that there are. "
                    "To say it as text, begin with a space, or with a second slash."
                )
                % {"name": name}
            )


def _say_directly(membership: Membership, words: str) -> CommandAnswer:
    """Say what follows a name to that person alone; a name alone leads to the conversation."""
    name, _space, text = words.partition(" ")
    people = people_named(membership.person, [name.removeprefix("@")])
    if not people:
        raise Rejected(_("Say whom, and what, as in: /msg @ana Are you there?"))
    room = open_direct(membership.person, people)
    if text.strip():
        place = Membership.objects.get(room=room, person=membership.person_id)
        message_batcher.do_in_thread(NewMessage(place.pk, membership.person_id, text.strip()))
    to = {"name": room.title}
    sentence = _("Said to %(name)s.") % to if text.strip() else ""
    return CommandAnswer(sentence, address=room.get_absolute_url(), words=_("Go to %(name)s") % to)


def _remind(person: Person, words: str) -> CommandAnswer:
    """Remind somebody of a line of their own."""
    now, zone = timezone.now(), person.zone or timezone.get_default_timezone()
    try:
        moment, text = worded_reminder(words, now, zone)
    except BadMoment as why:
        raise Rejected(str(why)) from why
    set_reminder(person, moment.at, text)
    sentence = _("You are reminded on %(time)s.") % {"time": said(moment.at, zone, now)}
    return CommandAnswer(
        f"{sentence} {moment.note}".strip(), address=reverse("reminders"), words=_("Your reminders")
    )


def _refuse_poll(words: str) -> NoReturn:
    """Say why what follows /poll cannot be asked: what could be is no command, but said. Raises Rejected."""
    try:
        read_poll(words)
    except BadPoll as why:
        raise Rejected(str(why)) from why
    raise AssertionError("A whole poll was taken for a command.")
