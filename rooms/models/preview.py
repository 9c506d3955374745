"""What is behind the links in messages."""

from urllib.parse import urlsplit

from django.db import models
from django.utils import timezone

from accounts.fields import LineField

# Characters of a host that are shown. Its end says whose it is.
HOST_LENGTH = 60


def host_of(address: str) -> str:
    """The host in `address`, as it is shown: letters of other scripts as xn--, for they look like others."""
    host = urlsplit(address).hostname or ""
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        # No name that there could be.
        host = ascii(host)[1:-1]
    return host if len(host) <= HOST_LENGTH else "…" + host[-HOST_LENGTH + 1 :]


class Preview(models.Model):
    """The page behind one link of one message, as it describes itself; kept by us."""

    # Between the host, with which `site` begins, and the name that it gives itself.
    BETWEEN = " · "

    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="previews")
    url = models.URLField(max_length=2000)
    title = LineField(max_length=300)
    description = LineField(max_length=600, blank=True)
    site = LineField(max_length=100, blank=True)
    image = models.FileField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    fetched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "url"), name="a_preview_once"),)

    def __str__(self) -> str:
        return self.title

    @property
    def source(self) -> str:
        """Whose words these are: the host of the link, and that to which it led, if it is another one."""
        host = host_of(self.url)
        led_to = self.site.partition(self.BETWEEN)[0]
        is_the_same = led_to.removeprefix("www.") == host.removeprefix("www.")
        return self.site if is_the_same else f"{host}{self.BETWEEN}{self.site}".removesuffix(self.BETWEEN)

    @property
    def stored_names(self) -> list[str]:
        """The names under which its picture is stored, if it has one."""
        return [self.image.name] if self.image.name else []
