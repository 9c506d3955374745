"""Commands are obeyed, and answered to who typed them alone."""

from rooms.actions.rejected import Rejected
from rooms.actions.topic import change_topic
from rooms.commands import COMMANDS, MARKDOWN, Command, CommandAnswer
from rooms.models import Membership


def run_command(membership: Membership, command: Command) -> CommandAnswer:
    """Do what a member's `command` asks. Raises Rejected with a sentence for them."""
    match command.name:
        case "help":
            return CommandAnswer(commands=COMMANDS, markdown=MARKDOWN)
        case "topic":
            return CommandAnswer(change_topic(membership, command.words))
        case "me":
            raise Rejected("Say what you do, as in: /me waves")
        case name:
            raise Rejected(
                f"There is no command /{name}; /help shows those that there are. "
                "To say it as text, begin with a space, or with a second slash."
            )
