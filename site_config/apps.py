from typing import Any

from allauth.usersessions import apps as usersessions
from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.contrib.staticfiles import apps as staticfiles
from django.http import HttpRequest


class SiteConfig(AppConfig):
    name = "site_config"
    verbose_name = "Parley"
    default = True

    def ready(self) -> None:
        from site_config import checks, tasks  # noqa: F401  (registers them)
        from site_config.private_files import keep_private

        keep_private()


class AdminConfig(admin.AdminConfig):
    """Django's admin, with our site of it."""

    default = False
    default_site = "site_config.admin.Site"


class PagesFilesConfig(staticfiles.StaticFilesConfig):
    """Django's static files, without the copies of htmx that django-htmx brings: pages have npm's."""

    default = False
    ignore_patterns = [*staticfiles.StaticFilesConfig.ignore_patterns, "django_htmx"]


class UserSessionsConfig(usersessions.UserSessionsConfig):
    """allauth's sessions, written down at sign-in with one look at the others, not one for each."""

    default = False

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in
        from allauth.usersessions.signals import on_user_logged_in

        super().ready()
        user_logged_in.disconnect(on_user_logged_in)
        user_logged_in.connect(_begin_session, weak=False)


def _begin_session(request: HttpRequest, sociallogin: Any = None, **kwargs: Any) -> None:
    """With the provider that somebody came by, if they did."""
    from accounts import actions

    by = None
    if sociallogin is not None:
        account = sociallogin.account
        by = {
            "provider": account.provider,
            "sub": account.uid,
            "sid": sociallogin.state.get("sid", ""),
        }
    actions.begin_session(request, by)
