"""What was moved in: from where, what became of each piece of it, and the work of doing so."""

from django.db import models

from accounts.models import Work

# As long as an id of an archive is kept; a longer one is kept digested (integrations/moving/known.py).
KEY_LENGTH = 120


class ImportSource(models.Model):
    """The place whose archives were moved in: one workspace of one program, by what its archives say."""

    program = models.CharField(max_length=12)
    key = models.CharField(max_length=KEY_LENGTH)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("program", "key"), name="a_source_once"),)

    def __str__(self) -> str:
        return f"{self.program} {self.key}"


class MovedRecord(models.Model):
    """What a record of an archive is here: so the same archive once more adds nothing."""

    class Kind(models.TextChoices):
        PERSON = "person", "person"
        ROOM = "room", "room"
        MESSAGE = "message", "message"

    source = models.ForeignKey(ImportSource, on_delete=models.CASCADE, related_name="records")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    # The archive's id; of a message with its room's before it.
    theirs = models.CharField(max_length=KEY_LENGTH)
    # The id of what it is here, of which it says nothing whether that is there still.
    ours = models.PositiveBigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("source", "kind", "theirs"), name="a_record_moves_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.theirs}"


class Placeholder(models.Model):
    """Somebody in an archive who has no account here: what they wrote waits for who has the address."""

    person = models.OneToOneField(
        "accounts.Person", on_delete=models.CASCADE, primary_key=True, related_name="placeholder"
    )
    # In small letters; empty where the archive knows none.
    email = models.CharField(max_length=254, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"who is called {self.person_id} here"


class ArchiveImport(Work):
    """An archive that is moved in by the worker, for who uploaded it."""

    program = models.CharField(max_length=12)
    # The archive, until it is moved in, and what it was called.
    file = models.FileField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    # How much of the archive was read, and how much there is: bytes, or what its reader counts.
    read = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    # What came, what did not, and why: integrations/moving/report.py.
    report = models.JSONField(default=dict)
    # Why it failed, as a sentence for who asked.
    why = models.TextField(blank=True)
    was_cancelled = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"the import of {self.name}"
