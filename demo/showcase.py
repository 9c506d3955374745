"""What a conversation alone does not show: one of everything that people do here, done as they do it."""

import io

from PIL import Image, ImageDraw

from accounts.actions import set_picture
from accounts.models import Person
from rooms import access
from rooms.actions.direct import open_direct
from rooms.actions.involvement import set_favourite
from rooms.actions.members import add_members
from rooms.actions.messages_post import post_message
from rooms.actions.pins import pin_message
from rooms.actions.reactions import toggle_reaction
from rooms.actions.rooms import create_room
from rooms.actions.saved import save_message
from rooms.actions.votes import toggle_vote
from rooms.models import Membership, Message, Room

# A site of fewer messages is for tests and measurements, and has none of this.
SHOWN_FROM = 100
# Messages and quiet lines that this is.
LINES = 17

PINNED = "Opening hours in **July**: Tuesday to Friday, ten to six. On Saturdays until two."
CODE = """The reminder went out twice, and this is why:
```python
def remind(loans):
    for loan in loans:
        if loan.is_due:  # and was not reminded yet
            send_reminder(loan)
```
It asks who is due, and never who was told."""
# In the thread below it.
ANSWERS = (
    ("charlie", "So Mrs Ahmadi got two mails about one ladder?"),
    ("bob", "Four. She has two ladders."),
    ("alice", "I rang her. She laughed, and keeps both until Friday."),
)
BOARD = (
    ("alice", "In here go the numbers, until they are ready for everybody."),
    ("bob", "The new shelves came to **1,240**, delivery included."),
    ("alice", "That is 60 below what we had planned. Well done."),
)
DIRECTLY = (
    ("bob", "Do you have ten minutes today? It is about the harbour shelf."),
    ("alice", "At four, by the coffee?"),
    ("bob", "At four :)"),
)
AMONG_THREE = (
    ("charlie", "Cake for the last day of the season: lemon or plum?"),
    ("bob", "Plum. No doubt about it."),
)
NOTES = "Call the insurance. Ask about the trailer."
MENTION = "@alice the trailer is back, and has a new lamp. @charlie thank you for the lamp!"
POLL = """/poll The evening of the shelves: which day?
Tuesday
Thursday
Saturday, from ten"""
VOTES = (("alice", "Thursday"), ("bob", "Thursday"), ("bob", "Saturday, from ten"))

# Two of the three have a picture: what is behind them, what they wear, their hair, their skin.
FACES = {
    "alice": ("#cfe3d6", "#2f6b4f", "#5a3825", "#e3b48f"),
    "charlie": ("#dcd6ee", "#6a4c93", "#20201f", "#a9744f"),
}


def show(people: dict[str, Person]) -> None:
    """One of everything, inside a transaction."""
    for name, colours in FACES.items():
        set_picture(people[name], face(*colours))
    say = Speaker(people)
    say("general", "bob", PINNED)
    pin_message(say.place("alice", "general"), say.last)
    for name in ("alice", "charlie"):
        toggle_reaction(say.place(name, "general"), say.last, "👍")
    toggle_reaction(say.place("charlie", "general"), say.last, "🌞")
    say("engineering", "bob", CODE)
    first = say.last
    save_message(say.place("alice", "engineering"), first)
    for name, text in ANSWERS:
        say("engineering", name, text, reply_to=first.pk)
    toggle_reaction(say.place("alice", "engineering"), first, "🙈")
    say("general", "charlie", POLL)
    for name, choice in VOTES:
        toggle_vote(say.place(name, "general"), say.last, choice)
    talk_among_some(people, say)
    say("general", "bob", MENTION)
    set_favourite(say.place("alice", "general"), is_favourite=True)


def talk_among_some(people: dict[str, Person], say: "Speaker") -> None:
    """A closed room, and direct conversations: between two, among three, and with oneself."""
    alice, bob, charlie = people.values()
    board = create_room(alice, "board", "What is not for the counter", kind=Room.Kind.CLOSED)
    add_members(say.place("alice", board.slug), [bob])
    for slug, talk in (
        (board.slug, BOARD),
        (open_direct(bob, [alice]).slug, DIRECTLY),
        (open_direct(charlie, [alice, bob]).slug, AMONG_THREE),
        (open_direct(alice, []).slug, (("alice", NOTES),)),
    ):
        for name, text in talk:
            say(slug, name, text)


class Speaker:
    """Lets people say something in rooms that they are in."""

    def __init__(self, people: dict[str, Person]) -> None:
        self._people = people

    def __call__(self, slug: str, name: str, text: str, reply_to: int | None = None) -> None:
        """Say it; what was said is `last`."""
        posted = post_message(self.place(name, slug), text, reply_to=reply_to)
        self.last = Message.objects.select_related("room", "author").get(pk=posted.pk)

    def place(self, name: str, slug: str) -> Membership:
        """Somebody's membership in a room."""
        return access.membership(self._people[name].pk, slug)


def face(behind: str, clothes: str, hair: str, skin: str) -> io.BytesIO:
    """Somebody, drawn in a few strokes."""
    image = Image.new("RGB", (384, 384), behind)
    draw = ImageDraw.Draw(image)
    draw.ellipse((104, 60, 280, 262), fill=hair)
    draw.ellipse((52, 276, 332, 540), fill=clothes)
    draw.rounded_rectangle((164, 220, 220, 310), 28, fill=skin)
    draw.ellipse((122, 88, 262, 260), fill=skin)
    draw.pieslice((112, 66, 272, 210), 180, 360, fill=hair)
    for left in (156, 212):
        draw.ellipse((left, 172, left + 16, 188), fill=hair)
    draw.arc((160, 190, 224, 232), 25, 155, fill=hair, width=5)
    content = io.BytesIO()
    image.save(content, "PNG")
    content.seek(0)
    return content
