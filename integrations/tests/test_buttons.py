"""Buttons below a message of a hook: pressed, its program is asked, and changes the message."""

import json

import pytest
from django.test import Client

from integrations.incoming.buttons import BUTTONS, buttons_in
from integrations.models import Hook, HookButtons
from rooms.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(hook_of, elsewhere) -> Message:
    """A message with two buttons, as Mattermost has them."""
    hook = hook_of()
    actions = [
        {"name": name, "integration": {"url": elsewhere.address, "context": {"pier": number}}}
        for number, name in enumerate(("Open", "Close"))
    ]
    said = {"text": "The pier?", "attachments": [{"actions": actions}]}
    Client().post(f"/hooks/{hook.key}", json.dumps(said), content_type="application/json")
    return Message.objects.latest("pk")


def press(client: Client, message: Message, number: object, **how):
    return client.post(f"{message.get_absolute_url()}press/", {"press": number}, **how)


def test_a_press_is_told_and_changes_the_message(asked, elsewhere, bob, client_of):
    page = client_of(bob).get("/rooms/general/").content.decode()
    assert '<button class="quiet" name="press" value="1" dir="auto">Close</button>' in page
    elsewhere.words = json.dumps({"update": {"message": "**Closed**"}, "ephemeral_text": "Thanks"})
    answer = press(client_of(bob), asked, 1, headers={"HX-Request": "true"})
    assert "Thanks" in answer.content.decode()
    (posted,) = elsewhere.posted
    told = json.loads(posted.body)
    assert (told["user_name"], told["context"], told["post_id"]) == ("bob", {"pier": 1}, str(asked.pk))
    asked.refresh_from_db()
    assert (asked.body, asked.buttons) == ("**Closed**", None)
    assert press(client_of(bob), asked, 1).status_code == 404


def test_slacks_have_one_address(hook_of, elsewhere, bob, client_of):
    hook = hook_of()
    block = {
        "type": "actions",
        "elements": [{"type": "button", "text": {"text": "Go"}, "action_id": "go", "value": "7"}],
    }
    said = {"text": "Well?", "blocks": [block]}
    address = f"/services/T1/B1/{hook.key}"
    Client().post(address, json.dumps(said), content_type="application/json")
    # Nobody could be told.
    assert Message.objects.latest("pk").buttons is None
    Hook.objects.update(buttons_to=elsewhere.address)
    Client().post(address, json.dumps(said), content_type="application/json")
    elsewhere.words = json.dumps({"replace_original": True, "text": "*Gone*"})
    assert press(client_of(bob), Message.objects.latest("pk"), 0).status_code == 303
    told = json.loads(elsewhere.posted[0].fields["payload"])
    assert told["actions"] == [{"type": "button", "action_id": "go", "value": "7"}]
    assert Message.objects.latest("pk").body == "**Gone**"


def test_without_a_script_it_takes_one_more_click(asked, elsewhere, bob, client_of):
    strict = client_of(bob, enforce_csrf_checks=True)
    page = press(strict, asked, 0)
    assert page.status_code == 403
    assert "one more click" in page.content.decode()
    assert elsewhere.posted == []


def test_what_cannot_be_pressed(asked, elsewhere, alice, bob, client_of):
    for number in (2, "x", "", "-1", "9" * 50):
        assert press(client_of(bob), asked, number).status_code == 404
    elsewhere.status = 500
    assert "It does not answer: 500" in press(client_of(bob), asked, 0).content.decode()
    HookButtons.objects.all().delete()
    assert press(client_of(bob), asked, 0).status_code == 404


LEADS_NOWHERE = {"name": "x", "integration": {"url": "javascript:1"}}


@pytest.mark.parametrize("actions", [None, 7, [None, {}], [LEADS_NOWHERE], [{"name": None}] * 99])
def test_any_buttons_may_come(actions):
    assert (
        buttons_in([{"type": "actions", "elements": actions}, actions], [{"actions": actions}, actions]) == []
    )


def test_so_many_buttons_stand_below_one_message():
    one = {"name": "x" * 99, "integration": {"url": "https://example.org", "context": "x" * 9999}}
    found = buttons_in(None, [{"actions": [one] * 99}] * 3)
    assert len(found) == BUTTONS
    assert (len(found[0].label), found[0].context) == (40, "null")
