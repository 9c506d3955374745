"""Rooms for the administration."""

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest

from accounts.plain_text import shortened
from rooms.actions.members import take_out
from rooms.actions.messages_delete import remove_message
from rooms.actions.rooms import edit_room
from rooms.models import Membership, Message, Room


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "kind", "for_everyone", "topic", "created_at")
    list_filter = ("kind", "for_everyone")
    search_fields = ("name", "slug", "topic")
    # The rest is set in the room itself, which says so.
    fields = ("name", "topic", "kind", "for_everyone", "slug", "revision", "created_by", "created_at")
    readonly_fields = ("slug", "revision", "created_by", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        """Not what is between some people."""
        return super().get_queryset(request).exclude(kind=Room.Kind.DIRECT)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rooms are made at /rooms/, where they get a slug and a moderator."""
        return False

    def save_model(self, request: HttpRequest, obj: Room, form: Form, change: bool) -> None:
        """Store what was changed in the form, and nothing else."""
        edit_room(obj, form.changed_data)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ("person", "room", "role", "joined_at")
    list_filter = ("role",)
    list_select_related = ("person", "room")
    search_fields = ("person__username", "room__name")
    autocomplete_fields = ("person", "room")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """Not who speaks with whom."""
        return super().get_queryset(request).exclude(room__kind=Room.Kind.DIRECT)

    def save_model(self, request: HttpRequest, obj: Membership, form: Form, change: bool) -> None:
        """Who is put in a room has nothing to catch up with."""
        if not change:
            obj.read = obj.room.posts
        super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        """Who is to be in another room is taken out of this one, and put there."""
        return ("person", "room") if obj else ()

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        """Close their pages of the room."""
        take_out(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for membership in queryset.select_related("room"):
            take_out(membership)


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """To be read, and deleted in the way that open pages hear of."""

    list_display = ("id", "room", "author", "posted_at", "excerpt", "deleted_at")
    list_filter = ("posted_at",)
    list_select_related = ("room", "author")
    search_fields = ("body", "author__username", "room__name")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """Not what is said between some people, nor the quiet lines."""
        said = super().get_queryset(request).filter(notice__isnull=True)
        return said.exclude(room__kind=Room.Kind.DIRECT)

    @admin.display(description="text")
    def excerpt(self, message: Message) -> str:
        """Its beginning."""
        return shortened(message.body, 80)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Message) -> None:
        """Leave the trace that catching up needs."""
        if obj.deleted_at is None:
            remove_message(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        for message in queryset:
            self.delete_model(request, message)
