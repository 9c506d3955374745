"""The state of one's own connection."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import TemplateView

from live import sessions
from live.models import LOG_LENGTH, Connection


class ConnectionView(LoginRequiredMixin, TemplateView):
    """Connected or not, and what the server wrote down of this session's sockets."""

    template_name = "live/connection.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session = sessions.digest(self.request.session.session_key or "")
        return super().get_context_data(log=Connection.objects.of_session(session)[:LOG_LENGTH], **kwargs)
