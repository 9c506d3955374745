from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AccountsConfig(AppConfig):
    name = "accounts"
    # In the administration of tables, where allauth's are called "Accounts".
    verbose_name = gettext_lazy("People")

    def ready(self) -> None:
        from accounts import hooks, signals  # noqa: F401  (connects the receivers)
