"""What programs are told of a message or a command: the fields of Slack's form, and of Mattermost's."""

from accounts.models import Community
from integrations.models import CommandCall, OutgoingHook
from rooms.models import Message, Room

# Of teams there is one.
TEAM = "T1"


def place_fields(hook: OutgoingHook, room: Room) -> dict[str, str]:
    """Whose it is, and where it was said."""
    return {
        "token": hook.token,
        "team_id": TEAM,
        "team_domain": Community.current().name,
        "channel_id": f"C{room.pk}",
        "channel_name": room.slug,
    }


def message_fields(hook: OutgoingHook, message: Message, ts: str, trigger: str) -> dict[str, str]:
    """A message, and the word that it begins with; its `ts` is what an answer in its thread names."""
    return place_fields(hook, message.room) | {
        "timestamp": ts,
        "user_id": f"U{message.author_id}",
        "user_name": message.author.username,
        "post_id": str(message.pk),
        "text": message.body,
        "trigger_word": trigger,
    }


def command_fields(call: CommandCall, text: str, response_url: str) -> dict[str, str]:
    """A command that somebody typed, and where it may be answered later."""
    person = call.person
    return place_fields(call.hook, call.hook.room) | {
        "user_id": f"U{person.pk}",
        "user_name": person.username,
        "command": f"/{call.hook.words}",
        "text": text,
        "response_url": response_url,
        "trigger_id": str(call.pk),
    }
