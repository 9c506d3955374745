"""A bare view in Django as it comes: its handler, the middleware of a new project, and its sessions."""

from site_config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Without it allauth, whose tables people have, does not start.
    "allauth.account.middleware.AccountMiddleware",
]
