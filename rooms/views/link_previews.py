"""What is behind links, by HTTP."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.views import View

from accounts.access import PersonRequest
from rooms import access
from rooms.actions.link_previews import remove_preview
from rooms.models import Membership, Message
from rooms.views.message_action import MessageActionView

# A picture was made by us and never changes.
KEPT = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


class PreviewPictureView(LoginRequiredMixin, View):
    """The picture of a preview, for those who see its message."""

    gives_files = True

    def get(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Its bytes."""
        preview = access.preview(request.user.pk, pk)
        if not preview.image:
            raise access.NotFound
        try:
            with preview.image.open() as file:
                return HttpResponse(file.read(), content_type="image/webp", headers=KEPT)
        except FileNotFoundError:
            raise access.NotFound from None


class PreviewRemoveView(MessageActionView):
    """A preview is taken away, for everybody."""

    http_method_names = ("post",)

    def act(self, membership: Membership, message: Message) -> None:
        """Remove it, if it is one of this message's."""
        preview = access.preview(membership.person_id, self.kwargs["preview_pk"])
        if preview.message_id != message.pk:
            raise access.NotFound
        remove_preview(membership, message, preview)
