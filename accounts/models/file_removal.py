"""Files that are still to be deleted where they are kept."""

from django.db import models


class FileRemoval(models.Model):
    """A file that no row names any longer, and that is not on this disk: the worker deletes it there."""

    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name
