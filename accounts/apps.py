from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import hooks, signals  # noqa: F401  (connects the receivers)
