"""Who is muted writes nothing, and is told until when."""

import datetime
import zoneinfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def why_muted(until: datetime.datetime | None, zone: zoneinfo.ZoneInfo | None) -> str:
    """A sentence for somebody who is muted `until` then, in their own `zone`; an empty text where it is over.

    Without a zone it is said in the site's.
    """
    now = timezone.now()
    if until is None or until <= now:
        return ""
    here = zone or timezone.get_default_timezone()
    local = until.astimezone(here)
    moment = date_format(local, "H:i" if local.date() == now.astimezone(here).date() else "j F, H:i")
    said = {"moment": moment, "zone": local.tzname()}
    return _("You are muted until %(moment)s (%(zone)s): until then you can read, and not write.") % said
