"""Files for a message that is being written, by HTTP."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from rooms import access
from rooms.actions.uploads import remove_attachment
from rooms.render.room_page import is_page_token
from rooms.views.again import page_again
from rooms.views.composer_files import attachment_ids, keep_uploads
from rooms.views.selection import box_in


class UploadView(LoginRequiredMixin, View):
    """Files that are sent as soon as they are chosen, and wait for their message."""

    takes_files = True
    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Keep them; to htmx, what the composer shows of them, and a sentence for each that is refused."""
        membership = access.membership(request.user.pk, slug)
        attached, problems = keep_uploads(membership, request)
        if not request.htmx:
            return SeeOther(membership.room.get_absolute_url())
        upload = request.GET.get("upload", "")
        context = {
            "room": membership.room,
            "attached": attached,
            "problems": problems,
            "upload": upload if is_page_token(upload) else "",
            **box_in(request),
        }
        return render(request, "rooms/files.html#uploaded", context, status=422 if problems else 200)


class FileRemoveView(LoginRequiredMixin, View):
    """A file that its owner does not want to send after all."""

    takes_files = True
    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Take it back. Without a script this is the whole composer, and the page has it again."""
        membership, file = access.waiting(request.user.pk, slug, pk)
        remove_attachment(file)
        if request.htmx:
            return HttpResponse()
        return page_again(request, membership, attachment_ids(request.POST))
