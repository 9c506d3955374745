"""The one application: pages, files and sockets."""

import gc
import os

# What is being loaded is no garbage: to look through it again and again takes a tenth of the start.
gc.disable()

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")

import django  # noqa: E402

# What follows imports models.
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from servestatic import ServeStaticASGI  # noqa: E402

from live.client_address import ForwardedClients  # noqa: E402
from rooms.upload_progress import UploadProgress  # noqa: E402
from site_config.answer_headers import SafeHeaders  # noqa: E402
from site_config.handler import ThreadReusingHandler  # noqa: E402
from site_config.lifespan import lifespan  # noqa: E402
from site_config.probes import Probes  # noqa: E402
from site_config.requests_at_once import RequestsAtOnce  # noqa: E402
from site_config.sockets import sockets  # noqa: E402

pages = ThreadReusingHandler()
if settings.DEBUG:
    # Files as they are while one works on them, wherever they lie.
    files = ASGIStaticFilesHandler(pages)
else:
    files = ServeStaticASGI(
        pages,
        root=settings.STATIC_ROOT,
        prefix=settings.STATIC_URL,
        # The manifest's names carry a digest of the content, so they never change their meaning.
        immutable_file_test=r"^.+\.[0-9a-f]{12}\..+$",
        allow_all_origins=False,
    )

# All views, and what they import: the first who asks for a page, or is sent a link, would wait for it.
ADDRESSES = get_resolver().url_patterns

# What has been loaded stays. Looked at with each collection of garbage, it would be a sixth of what it
# costs to connect a socket.
gc.collect()
gc.freeze()
gc.enable()

answers = SafeHeaders(Probes(RequestsAtOnce(UploadProgress(files))))
application = ForwardedClients(
    ProtocolTypeRouter({"http": answers, "websocket": sockets, "lifespan": lifespan})
)
