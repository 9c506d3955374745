"""Commands are obeyed, and answered to who typed them alone."""

from typing import NoReturn

from rooms.access import people_named
from rooms.actions.direct import open_direct
from rooms.actions.messages_post import message_batcher
from rooms.actions.messages_prepare import NewMessage
from rooms.actions.rejected import Rejected
from rooms.actions.topic import change_topic
from rooms.commands import COMMANDS, KEYS, MARKDOWN, Command, CommandAnswer
from rooms.models import Membership
from rooms.polls import BadPoll, read_poll


def run_command(membership: Membership, command: Command) -> CommandAnswer:
    """Do what a member's `command` asks. Raises Rejected with a sentence for them."""
    match command.name:
        case "help":
            return CommandAnswer(commands=COMMANDS, markdown=MARKDOWN, keys=KEYS)
        case "topic":
            return CommandAnswer(change_topic(membership, command.words))
        case "msg":
            return _say_directly(membership, command.words)
        case "poll":
            _refuse_poll(command.words)
        case "me":
            raise Rejected("Say what you do, as in: /me waves")
        case name:
            raise Rejected(
                f"There is no command /{name}; /help shows those that there are. "
                "To say it as text, begin with a space, or with a second slash."
            )


def _say_directly(membership: Membership, words: str) -> CommandAnswer:
    """Say what follows a name to that person alone; a name alone leads to the conversation."""
    name, _, text = words.partition(" ")
    people = people_named(membership.person, [name.removeprefix("@")])
    if not people:
        raise Rejected("Say whom, and what, as in: /msg @ana Are you there?")
    room = open_direct(membership.person, people)
    if text.strip():
        place = Membership.objects.get(room=room, person=membership.person_id)
        message_batcher.do_in_thread(NewMessage(place.pk, membership.person_id, text.strip()))
    sentence = f"Said to {room.title}." if text.strip() else ""
    return CommandAnswer(sentence, address=room.get_absolute_url(), words=f"Go to {room.title}")


def _refuse_poll(words: str) -> NoReturn:
    """Say why what follows /poll cannot be asked: what could be is no command, but said. Raises Rejected."""
    try:
        read_poll(words)
    except BadPoll as why:
        raise Rejected(str(why)) from why
    raise AssertionError("A whole poll was taken for a command.")
