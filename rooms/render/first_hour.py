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
    """The cards of what is not done yet; nothing for who does not run the community. One query."""
    if not request.user.administers:  # type: ignore[union-attr]
        return SafeString("")
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
