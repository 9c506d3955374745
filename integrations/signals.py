"""What happens elsewhere, and means something for programs and for what was moved in."""

from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts import clearing, downloads
from accounts.models import Departure, Person, admitted
from accounts.tasks import let_worker
from integrations.models import ArchiveImport, Placeholder
from integrations.tasks import claim_placeholders

# An archive goes with the row that names it.
post_delete.connect(downloads.forget_file, sender=ArchiveImport)


def forget_placeholder(departure: Departure) -> None:
    """Who was deleted waits for nobody any longer."""
    Placeholder.objects.filter(person=departure.person_id).delete()


clearing.steps.append(forget_placeholder)


@receiver(post_save, sender=EmailAddress)
def look_for_placeholder(instance: EmailAddress, raw: bool = False, **kwargs: Any) -> None:
    """Somebody has shown that an address is theirs: what waits for it is, too."""
    if not raw and instance.verified and Placeholder.objects.filter(email=instance.email.lower()).exists():
        transaction.on_commit(partial(let_worker, claim_placeholders, instance.user_id))


@receiver(admitted)
def look_for_placeholders_of(person: Person, **kwargs: Any) -> None:
    """Somebody new comes in, who may have shown it before."""
    mine = EmailAddress.objects.filter(user=person, verified=True).values("email")
    if Placeholder.objects.filter(email__in=mine).exists():
        transaction.on_commit(partial(let_worker, claim_placeholders, person.pk))
