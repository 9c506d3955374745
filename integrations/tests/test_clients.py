"""Programs that others wrote, as they are, against a server of ours."""

import asyncio
import logging
from typing import Any

import apprise
import httpx
import pytest
from apprise.plugins.slack import NotifySlack
from asgiref.sync import sync_to_async
from slack_sdk.webhook import WebhookClient

from rooms.models import Message
from tests.served import served

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


def said() -> list[tuple[str, str | None]]:
    """What bots have said, and under which name."""
    found = Message.objects.filter(author__is_bot=True).order_by("pk")
    return [(body.replace("\n\n", "\n"), name) for body, name in found.values_list("body", "shown_name")]


async def test_slack_and_mattermost_clients_speak_here(hook_of, monkeypatch):
    hook = await sync_to_async(hook_of)()
    async with served() as port:
        site = f"http://127.0.0.1:{port}"
        client = WebhookClient(f"{site}/services/T1/B1/{hook.key}")
        blocks: list[dict[str, Any]] = [
            {"type": "section", "text": {"type": "mrkdwn", "text": "*Blocks*"}},
            {"type": "divider"},
        ]
        answer = await asyncio.to_thread(client.send, text="fallback", blocks=blocks)
        assert (answer.status_code, answer.body) == (200, "ok")
        answer = await asyncio.to_thread(client.send, text="")
        assert (answer.status_code, answer.body) == (400, "no_text")

        monkeypatch.setattr(NotifySlack, "webhook_url", f"{site}/services")
        logging.getLogger("apprise").setLevel(logging.ERROR)
        for url in (f"slack://T1/B1/{hook.key}/", f"mmost://127.0.0.1:{port}/{hook.key}/?botname=Harbour"):
            assert await asyncio.to_thread(apprise.Apprise(url).notify, "*The* lights are on", "Lights")

        # As matterbridge's Mattermost bridge sends: the person as a name, their picture, a room by its name.
        hooked = {
            "username": "octavia (irc)", "text": "ahoy", "channel": "general", "type": "", "extra": None,
            "icon_url": "https://example.org/octavia.png", "props": {"matterbridge_x": True},
            "attachments": None,
        }  # fmt: skip
        async with httpx.AsyncClient() as bridge:
            answered = await bridge.post(f"{site}/hooks/{hook.key}", json=hooked)
        assert answered.text == "ok"
        assert not answered.cookies
    lines = await sync_to_async(said)()
    assert lines[0] == ("**Blocks**\n---", None)
    assert "Lights" in lines[1][0]
    assert "**The** lights are on" in lines[1][0]
    assert lines[2][1] == "Harbour"
    assert "*The* lights are on" in lines[2][0]
    assert lines[3] == ("ahoy", "octavia (irc)")
