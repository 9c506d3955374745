"""Finding what was said: in what one may see, and from there into the history."""

from playwright.sync_api import Page, expect

from tests.browser.axe import finds_nothing
from tests.browser.room import PATIENCE, Person, enter, say, shows

MORE_FURNITURE = """
from rooms.models import *
from rooms.actions import messages_post, rooms
members = list(Membership.objects.select_related('room', 'person').filter(room__slug='general'))
for number in range(120):
    messages_post.post_message(members[number % 3], f'Tea number {number}')
secret = rooms.create_room(next(m.person for m in members if m.person.username == 'bob'), 'cellar')
messages_post.post_message(Membership.objects.get(room=secret), 'Tea, in secret')
"""


def search(page: Page, words: str) -> None:
    """Look for `words`, from wherever one is."""
    page.goto("/search/")
    page.get_by_role("searchbox").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?**")


def found(page: Page) -> list[str]:
    """The texts that were found."""
    return page.locator(".result-text").all_inner_texts()


def test_what_bob_has_just_said_is_found_and_leads_into_the_history(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(bob, "The **kettle** is in the hall")
    shows(alice, "The kettle is in the hall")
    search(alice, "kettle from:bob")
    expect(alice.locator(".result mark")).to_have_text("kettle")
    alice.locator(".result-place").click()
    alice.wait_for_url("**/history/?around=*")
    expect(alice.get_by_text("The kettle is in the hall")).to_be_in_viewport(timeout=PATIENCE)
    expect(alice.get_by_text("Tea number 119", exact=True)).to_be_visible()


def test_nobody_finds_what_they_may_not_see(person: Person) -> None:
    alice, bob = person("alice"), person("bob")
    search(alice, "secret")
    assert found(alice) == []
    search(bob, "secret")
    assert found(bob) == ["Tea, in secret"]


def test_the_newest_first_and_page_by_page(person: Person) -> None:
    alice = person("alice")
    search(alice, "tea")
    seen = found(alice)
    while alice.get_by_role("link", name="Further back").is_visible():
        alice.get_by_role("link", name="Further back").click()
        expect(alice.locator(".result-text").first).not_to_have_text(seen[-1])
        seen += [text for text in found(alice) if text not in seen]
    assert seen == [f"Tea number {number}" for number in reversed(range(120))]


def test_no_input_fails(person: Person) -> None:
    alice = person("alice")
    for words in ('"', "from:", "in:nowhere tea", "before:x tea", "* OR (", "😀" * 150):
        search(alice, words)
        expect(alice.get_by_role("searchbox")).to_have_value(words)
        expect(alice.get_by_role("main")).to_be_visible()


def test_axe_finds_nothing_and_without_a_script_it_works(person: Person) -> None:
    alice = person("alice", bypass_csp=True)
    search(alice, "tea")
    for size in ({"width": 1280, "height": 800}, {"width": 320, "height": 640}):
        alice.set_viewport_size(size)  # type: ignore[arg-type]
        finds_nothing(alice)
    plain = person("charlie", java_script_enabled=False)
    search(plain, "tea number 79")
    assert found(plain) == ["Tea number 79"]


def test_what_can_be_typed_is_never_broken_at_a_hyphen(person: Person) -> None:
    page = person("alice", viewport={"width": 360, "height": 640})
    page.goto("/search/")

    for width in range(320, 400, 5):
        page.set_viewport_size({"width": width, "height": 640})
        lines = page.evaluate(
            "[...document.querySelectorAll('#search-help kbd')].map(word => word.getClientRects().length)"
        )
        assert lines == [1] * 7, width
