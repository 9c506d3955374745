"""What is behind links, by HTTP."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from hypermedia.views import HtmxNotFoundMixin
from rooms import access
from rooms.actions.link_previews import remove_preview
from rooms.actions.rejected import Rejected
from rooms.views.message import menu_response

# A picture was made by us and never changes.
KEPT = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


class PreviewPictureView(LoginRequiredMixin, View):
    """The picture of a preview, for those who see its message."""

    def get(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Its bytes."""
        preview = access.preview(request.user.pk, pk)
        if not preview.image:
            raise access.NotFound
        with preview.image.open() as file:
            return HttpResponse(file.read(), content_type="image/webp", headers=KEPT)


class PreviewRemoveView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """A preview is taken away."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str, pk: int, preview_pk: int) -> HttpResponseBase:
        """Gone, for everybody; to htmx the menu as it is now, for the row comes by itself."""
        membership, message = access.message(request.user.pk, slug, pk)
        preview = access.preview(request.user.pk, preview_pk)
        if preview.message_id != message.pk:
            raise access.NotFound
        try:
            remove_preview(membership, preview)
        except Rejected as rejected:
            return HttpResponse(str(rejected), status=403, content_type="text/plain; charset=utf-8")
        return (
            menu_response(request, membership, message)
            if request.htmx
            else SeeOther(message.get_absolute_url())
        )
