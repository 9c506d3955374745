"""What somebody is in the community, and who may do something to whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _

LAST_OWNER = _("A community needs an owner: make somebody else one first.")


class Role(models.TextChoices):
    """What somebody is, from the most to the least that they may do."""

    OWNER = "owner", _("owner")
    ADMINISTRATOR = "administrator", _("administrator")
    MODERATOR = "moderator", _("moderator")
    MEMBER = "member", _("member")
    GUEST = "guest", _("guest")


# Who run the community.
ADMINISTERING = (Role.OWNER.value, Role.ADMINISTRATOR.value)
# Who moderate every room that they are in, and look at what is reported.
KEEPING_ORDER = (*ADMINISTERING, Role.MODERATOR.value)


def may_act_on(actor: str, other: str) -> bool:
    """Whether somebody of the role `actor` may mute, ban or deactivate somebody of the role `other`.

    An owner may do so to everybody, an administrator to everybody but owners, a moderator to members and
    guests.
    """
    match actor:
        case Role.OWNER:
            return True
        case Role.ADMINISTRATOR:
            return other != Role.OWNER
        case Role.MODERATOR:
            return other in (Role.MEMBER, Role.GUEST)
    return False


def roles_to_give(actor: str) -> list[tuple[str, str]]:
    """The roles that somebody of the role `actor` may give, as choices: an owner alone makes owners."""
    if actor not in ADMINISTERING:
        return []
    return [(role.value, str(role.label)) for role in Role if may_act_on(actor, role)]
