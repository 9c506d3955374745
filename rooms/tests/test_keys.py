"""`/keys/`: which keys there are."""

from hypermedia.fragments import UNLESS_ONE_WRITES


def test_a_page(alice, client_of):
    html = client_of(alice).get("/keys/").content.decode()

    assert "edits what you said last" in html
    assert "<html" in html


def test_to_htmx_the_list_in_the_menu_of_the_page(alice, client_of):
    html = client_of(alice).get("/keys/", headers={"HX-Request": "true"}).content.decode()

    assert html.startswith(f'<hx-partial hx-target="{UNLESS_ONE_WRITES}#menu" hx-swap="innerHTML">')
    assert "edits what you said last" in html


def test_for_members_alone(client, db):
    assert client.get("/keys/").status_code == 302
