"""A picture, large, among those of its room."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from hypermedia.fragments import UNLESS_ONE_WRITES, hx_partial
from hypermedia.responses import refusal
from rooms import access
from rooms.models import Attachment


class PictureView(LoginRequiredMixin, View):
    """A picture that may be seen, and the ways to the one before it and to the one after."""

    http_method_names = ("get", "head")

    def get(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """A page of its own; to htmx what the viewer of the page shows."""
        try:
            file = access.picture(request.user.pk, pk)
        except access.NotFound:
            if request.htmx:
                return refusal(_("That picture is not there any longer."), 404)
            raise
        previous, following = Attachment.objects.pictures_around(file)
        context = {"file": file, "previous": previous, "next": following}
        if request.htmx:
            html = get_template("rooms/picture.html#picture").render(context, request)
            return HttpResponse(hx_partial(f"{UNLESS_ONE_WRITES}#viewer", "innerMorph", html))
        return render(request, "rooms/picture.html", context | {"close": _place_of(file)})


def _place_of(file: Attachment) -> str:
    """The address of the message that the picture is in; of the room, where it waits for one."""
    if file.message_id is None:
        return file.room.get_absolute_url()
    return reverse("message", args=[file.room.slug, file.message_id]) + f"#message-{file.message_id}"
