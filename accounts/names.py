"""What people are called, on pages that are open: a new name is a numbered change of everybody's group.

Whoever is renamed keeps the number of that change, by whatever door it came (accounts/models.py). So a
process that heard of none finds it when it looks, and a page that was away asks for what it missed.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from accounts import fragments
from accounts.models import Community, Person
from live import bus
from live.database import in_database
from live.feeds import Changes
from live.fragments import partial, sentence
from live.process import tickers

if TYPE_CHECKING:
    from live.process import LiveProcess

# More new names than these at once, as after a command that renames everybody, are not sent.
MOST_RENAMED = 100
TOO_MANY = "Many people are called otherwise now: load this page again to see their names."

# What else follows where people are called otherwise: each is called with its process, and the revision
# after which they are.
followers: list[Callable[["LiveProcess", int], Coroutine[Any, Any, None]]] = []


class NamesFeed:
    """The feed behind the group of everyone. Its revision is Community.people_revision."""

    def revisions(self, groups: Iterable[str]) -> dict[str, int]:
        """How many changes of people there were. One query."""
        return dict.fromkeys(groups, Community.current().people_revision)

    def changes(self, group: str, since: int) -> Changes:
        """What others see of those who changed after the revision `since`. Two queries."""
        return changes_since(since)

    def seen(self, revision: int) -> str:
        """The number from which on the page wants to hear of new names when it returns."""
        field = f'<input type="hidden" id="names" name="names" value="{revision}">'
        return partial("#names", "outerHTML", field)


def changes_since(since: int) -> Changes:
    """What others see of those who changed after the revision `since`. Two queries."""
    # Read first: who is renamed meanwhile may be told of twice.
    revision = Community.current().people_revision
    renamed = Person.objects.changed_since(since)[: MOST_RENAMED + 1].shown()
    if len(renamed) > MOST_RENAMED:
        return Changes(revision, partial("#notices", "beforeend", sentence(TOO_MANY)))
    return Changes(
        revision,
        "".join(fragments.name_changed(pk, of or username, hue) for pk, username, of, hue in renamed),
    )


def missed_since(since: int) -> str:
    """All that a page which saw the revision `since` has to hear of names. Two queries."""
    changes = changes_since(since)
    return changes.html + NamesFeed().seen(changes.revision)


def follow_up(process: "LiveProcess") -> None:
    """With the look after new names came, do what follows from them."""
    since = process.memory.get("names", process.progress.began.get(bus.EVERYONE, 0))
    revision = process.progress.revision.get(bus.EVERYONE, 0)
    process.memory["names"] = revision
    if revision > since:
        for follower in followers:
            process.spawn(follower(process, since))


async def say_again(process: "LiveProcess", since: int) -> None:
    """Give the new names once more: what was rendered before may have come to a page after them."""
    changes = await in_database(changes_since)(since)
    process.hub.deliver(bus.EVERYONE, changes.html)


followers.append(say_again)
tickers.append(follow_up)
