"""Django's own ASGI application, by its own settings: see bench/stock_settings.py."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.stock_settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
