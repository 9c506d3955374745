"""Commands of one's own: a program elsewhere answers who typed it, or everybody."""

import json
from functools import partial
from threading import BoundedSemaphore

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from integrations.actions import own_commands
from integrations.models import CommandCall
from rooms.actions import slow_commands
from rooms.models import Membership, Message, Room
from tests.live_fixtures import sockets  # noqa: F401

GENERAL = "/rooms/general/"
PLACE = "/ws/rooms/general/"


@pytest.fixture
def weather(outgoing_of):
    """The command /weather."""
    return outgoing_of("command", "Sky", words="/weather", hint="says how it is out there")


def typed(client, text: str = "/weather in *town*") -> str:
    return client.post(GENERAL, {"body": text}).content.decode()


def test_who_typed_it_is_answered_alone(weather, elsewhere, bob, client_of):
    elsewhere.words = json.dumps({"text": "It *rains*", "extra_responses": [{"text": "Still"}, None]})
    page = typed(client_of(bob))
    assert "Sky:" in page
    assert "It <strong>rains</strong>" in page
    assert "Still" in page
    assert not Message.objects.undeleted().exists()
    (posted,) = elsewhere.posted
    assert (posted.fields["command"], posted.fields["text"]) == ("/weather", "in *town*")
    assert (posted.fields["user_name"], posted.fields["channel_name"]) == ("bob", "general")
    assert posted.headers["authorization"] == f"Token {weather.token}"


def test_everybody_is_answered_where_it_says_so(weather, elsewhere, bob, client_of):
    elsewhere.words = '{"text": "It rains", "response_type": "in_channel"}'
    typed(client_of(bob))
    message = Message.objects.undeleted().get()
    assert (message.body, message.author) == ("It rains", weather.bot)


def test_it_stands_in_help_and_in_suggestions(weather, bob, client_of):
    assert "says how it is out there" in typed(client_of(bob), "/help")
    found = client_of(bob).post(f"{GENERAL}suggestions/", {"body": "/wea", "to": "4", "from": "4"})
    assert "/weather" in found.content.decode()


def test_what_goes_wrong_is_said(weather, elsewhere, bob, client_of, monkeypatch):
    elsewhere.status = 500
    assert "/weather does not answer: 500" in typed(client_of(bob))
    with monkeypatch.context() as busy:
        busy.setattr(slow_commands, "_places", BoundedSemaphore(1))
        slow_commands._places.acquire()
        assert "Too much is asked at once" in typed(client_of(bob))
    assert "There is no command /other" in typed(client_of(bob), "/other")
    Room.objects.filter(slug="general").update(who_posts="moderators")
    assert "Only its moderators write" in typed(client_of(bob))
    assert len(elsewhere.posted) == 1


def later(key: str, **said: str) -> tuple[int, str]:
    """What a program is told that answers later."""
    answer = Client().post(f"/hooks/answers/{key}", json.dumps(said), content_type="application/json")
    return answer.status_code, answer.content.decode()


def test_it_may_be_answered_later_five_times(weather, elsewhere, bob, client_of):
    typed(client_of(bob))
    address = elsewhere.posted[0].fields["response_url"]
    key = CommandCall.objects.get().key
    assert address.endswith(f"/hooks/answers/{key}")
    answers = [later(key, text=f"{number}", response_type="in_channel") for number in range(6)]
    assert answers == [(200, "ok")] * 5 + [(404, "expired_url")]
    assert Message.objects.undeleted().count() == 5


def test_not_after_half_an_hour_nor_once_they_have_left(weather, bob, client_of):
    typed(client_of(bob))
    call = CommandCall.objects.get()
    CommandCall.objects.update(asked_at=call.asked_at - own_commands.ANSWERED_FOR)
    assert later(call.key, text="x") == (404, "expired_url")
    CommandCall.objects.update(asked_at=call.asked_at)
    Membership.objects.filter(person=bob).delete()
    assert later(call.key, text="x") == (404, "expired_url")


@pytest.mark.asyncio
async def test_a_page_is_answered_and_nobody_else(sockets, weather, elsewhere, bob):  # noqa: F811
    elsewhere.words = '{"text": "It *rains*"}'
    mine, other = await sockets(PLACE, "bob"), await sockets(PLACE, "alice")
    await mine.send(type="message", body="/weather", token="1-2-3")
    assert "It <strong>rains</strong>" in await mine.until("rains")
    key = (await sync_to_async(CommandCall.objects.get)()).key
    assert await sync_to_async(partial(later, key, text="It *stopped*"))() == (200, "ok")
    assert "It <strong>stopped</strong>" in await mine.until("stopped")
    assert "stopped" not in "".join(await other.quiet())
