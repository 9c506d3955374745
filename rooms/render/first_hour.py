"""The first hour of a community: what an empty room proposes to who runs it."""

from typing import Any

import qrcode
from django.db.models import Exists
from django.http import HttpRequest
from django.middleware.csp import get_nonce
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString
from qrcode.image.svg import SvgPathImage

from accounts.models import Community, Person
from rooms.models import Room


def join_link(request: HttpRequest, community: Community) -> str:
    """The community's join link, as people have to type it."""
    return request.build_absolute_uri(reverse("join_link", args=[community.join_token]))


def qr_code(text: str) -> SafeString:
    """`text` as a code that a phone's camera reads: an SVG of one path."""
    code: Any = qrcode.QRCode(image_factory=SvgPathImage, border=2)
    code.add_data(text)
    return SafeString(code.make_image().to_string(encoding="unicode"))


def first_hour(request: HttpRequest, community: Community) -> SafeString:
    """The cards of what is not done yet, for who runs the community; a word of welcome for its second person.

    Nothing for others. One query.
    """
    if not request.user.administers:  # type: ignore[union-attr]
        return welcome(request.user, community)  # type: ignore[arg-type]
    others = Person.objects.exclude(pk=request.user.pk)
    rooms = Room.objects.exclude(kind=Room.Kind.DIRECT)
    there = Person.objects.filter(pk=request.user.pk).values_list(
        Exists(others), Exists(rooms.order_by("pk")[1:2])
    )
    has_others, has_rooms = there[0]
    link = join_link(request, community)
    context = {
        "link": "" if has_others else link,
        "qr": "" if has_others else qr_code(link),
        "has_rooms": has_rooms,
        "csp_nonce": get_nonce(request),
    }
    return SafeString(get_template("rooms/first_hour.html").render(context))


def welcome(person: Person, community: Community) -> SafeString:
    """A word for `person`, where there is one other in the community: who it is. One query."""
    others = Person.objects.visible_to(person).filter(is_active=True).exclude(pk=person.pk)[:2].named()
    if len(others) != 1:
        return SafeString("")
    context = {"person": person, "other": others[0], "community": community}
    return SafeString(get_template("rooms/first_hour.html#welcome").render(context))
