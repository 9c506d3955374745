"""The pictures that programs show beside their messages, kept here: nobody who looks asks elsewhere."""

from django.conf import settings
from django.db import models

from accounts.models.values import stored_pictures


class HookIcon(models.Model):
    """The picture that was at an address, for one bot; or in an archive, for who wrote there."""

    bot = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=2000)
    # What its two sizes are stored and asked for by, as Person.avatar; they are there once it is fetched.
    picture = models.CharField(max_length=32, blank=True)
    # When it was asked for last; when it came; or when that was in vain.
    asked_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    # The messages that are to have it.
    waiting = models.ManyToManyField("rooms.Message", related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("bot", "address"), name="an_address_of_a_bot_once"),)

    def __str__(self) -> str:
        return self.address

    @property
    def stored_names(self) -> list[str]:
        """The names under which its two sizes are stored, where they are."""
        return stored_pictures(self.picture)
