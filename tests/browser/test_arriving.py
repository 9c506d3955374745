"""A page comes in pieces over a slow line, and nothing that one sees of it moves."""

from tests.browser.room import Person, enter
from tests.browser.test_history import MORE_FURNITURE  # noqa: F401 (a room with a page of messages)

# Milliseconds before each answer, bytes a second: a page takes a while.
SLOW_LINE = {"offline": False, "latency": 200, "downloadThroughput": 60_000, "uploadThroughput": 60_000}
WATCH = """
window.moved = [];
new PerformanceObserver(list => list.getEntries().forEach(one =>
    moved.push(one.sources.map(source => source.node?.id || source.node?.className))
)).observe({type: 'layout-shift', buffered: true});
"""


def test_what_is_seen_stays_where_it_is(person: Person) -> None:
    bob = person("bob")
    bob.add_init_script(WATCH)
    line = bob.context.new_cdp_session(bob)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    # What the first visit brings, the second one has: its page is drawn as it comes.
    for _ in range(2):
        enter(bob)
        bob.wait_for_timeout(500)
        assert bob.evaluate("moved") == []
