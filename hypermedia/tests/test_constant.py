"""A part of a template that is rendered once, and knows nothing of any page."""

from django.template import Context, Template
from django.templatetags.static import StaticNode


def test_is_rendered_once_and_kept(monkeypatch):
    looked_up: list[str] = []

    def address(path: str) -> str:
        looked_up.append(path)
        return f"/static/{path}"

    monkeypatch.setattr(StaticNode, "handle_simple", staticmethod(address))
    template = Template(
        "{% load constant static %}{% constant %}{% static 'a.css' %}{% endconstant %} {{ name }}"
    )

    assert template.render(Context({"name": "ana"})) == "/static/a.css ana"
    assert template.render(Context({"name": "bo"})) == "/static/a.css bo"
    assert looked_up == ["a.css"]


def test_nothing_of_a_page_is_in_it():
    template = Template("{% load constant %}{% constant %}<i>{{ name }}</i>{% endconstant %}")

    assert template.render(Context({"name": "ana"})) == "<i></i>"
    assert template.render(Context({"name": "bo"})) == "<i></i>"
