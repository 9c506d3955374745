"""What was said before messages had numbers and HTML of their own: counted, rendered, and read by all."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber

from rooms.markup import render_markup

# Messages that are in memory at once.
AT_ONCE = 1000


def bring_up_to_date(apps, schema_editor):
    Room = apps.get_model("rooms", "Room")
    Message = apps.get_model("rooms", "Message")
    Membership = apps.get_model("rooms", "Membership")
    counted = Message.objects.annotate(
        place=Window(RowNumber(), partition_by=F("room_id"), order_by=F("id").asc())
    )
    changed = []
    for message in counted.order_by("id").iterator(AT_ONCE):
        message.number = message.place
        message.html = render_markup(message.body, {}).html
        changed.append(message)
        if len(changed) == AT_ONCE:
            Message.objects.bulk_update(changed, ["number", "html"])
            changed = []
    Message.objects.bulk_update(changed, ["number", "html"])
    last = Message.objects.filter(room=OuterRef("pk")).order_by("-number").values("number")[:1]
    Room.objects.filter(messages__isnull=False).update(posts=Subquery(last))
    posts = Room.objects.filter(pk=OuterRef("room_id")).values("posts")[:1]
    Membership.objects.update(read=Subquery(posts))


class Migration(migrations.Migration):
    dependencies = [("rooms", "0002_messages_as_people_use_them")]

    operations = [migrations.RunPython(bring_up_to_date, migrations.RunPython.noop)]
