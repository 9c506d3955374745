"""The consumer of the tutorial's third part, asynchronous."""

import itertools
import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.template.loader import render_to_string

numbers = itertools.count(1_000_000)


class ChatConsumer(AsyncWebsocketConsumer):
    """A channel and a rendering for each socket."""

    async def connect(self) -> None:
        """Join the room's group."""
        self.room_name = self.scope["url_route"]["kwargs"]["room_name"]
        self.room_group_name = f"chat_{self.room_name}"
        await self.channel_layer.group_add(self.room_group_name, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Leave it."""
        await self.channel_layer.group_discard(self.room_group_name, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A message, for the group."""
        body = json.loads(text_data or "{}")["body"]
        await self.channel_layer.group_send(
            self.room_group_name, {"type": "chat.message", "body": body, "number": next(numbers)}
        )

    async def chat_message(self, event: dict[str, Any]) -> None:
        """One recipient's turn."""
        await self.send(text_data=render_to_string("fragment.html", event))
