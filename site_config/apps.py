from allauth.usersessions import apps as usersessions
from django.apps import AppConfig
from django.contrib.admin import apps as admin


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


class UserSessionsConfig(usersessions.UserSessionsConfig):
    """allauth's sessions, written down at sign-in with one look at the others, not one for each."""

    default = False

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in
        from allauth.usersessions.signals import on_user_logged_in

        from accounts import actions

        super().ready()
        user_logged_in.disconnect(on_user_logged_in)
        user_logged_in.connect(lambda request, **kwargs: actions.begin_session(request), weak=False)
