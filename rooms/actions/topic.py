"""What a room is about."""

from django.utils.translation import gettext as _

from accounts.plain_text import clean_line
from live.frames import storage_problem
from rooms.access import moderates
from rooms.actions.muting import check_may_write
from rooms.actions.rejected import Rejected
from rooms.actions.rooms import change_room
from rooms.models import Membership, Room

LIMIT = Room._meta.get_field("topic").max_length or 0


def change_topic(membership: Membership, words: str) -> str:
    """Give a room another topic; what to tell who asked. Without `words` it is told, and stays.

    Raises Rejected with a sentence.
    """
    if why := storage_problem(words):
        raise Rejected(why)
    room, topic = membership.room, clean_line(words)
    if not topic:
        if not room.topic:
            return _("This room has no topic yet.")
        return _("The topic is: %(topic)s") % {"topic": room.topic}
    if not moderates(membership):
        raise Rejected(_("Only a moderator of this room can change its topic."))
    check_may_write(membership.person)
    if len(topic) > LIMIT:
        raise Rejected(
            _("That topic has %(count)d characters; %(most)d is the most.")
            % {"count": len(topic), "most": LIMIT}
        )
    if topic != room.topic:
        room.topic = topic
        change_room(membership, room, ["topic"])
    return _("The topic is now: %(topic)s") % {"topic": topic}
