"""A template that asks what nobody knows when it is drawn is refused, with its file and its line."""

from pathlib import Path
from typing import Any

import pytest
from django.template import engines

from hypermedia.precompiled import precompiled, render_precompiled
from hypermedia.refusals import NotPrecompilable

BASE = "<main>{% block content %}{% endblock %}</main>{% block foot %}{{ foot|upper }}{% endblock %}"


@pytest.fixture
def write(tmp_path: Path, settings):
    """Write templates that the engine finds, until the test is over."""
    backend: Any = engines["django"]
    before = backend.engine.dirs
    backend.engine.dirs = [tmp_path, *before]
    backend.engine.template_loaders[0].reset()
    precompiled.cache_clear()

    def write_it(html: str, name: str = "drawn.html") -> str:
        (tmp_path / name).write_text(html)
        return name

    yield write_it
    backend.engine.dirs = before
    backend.engine.template_loaders[0].reset()
    precompiled.cache_clear()


REFUSED = {
    "a filter": "{{ a|upper }}",
    "a filter that would be silent": "{{ a|length }}",
    "a filter of what belongs to a value": "{{ a.b|date:'Y' }}",
    "a comparison": "{% if a == 'x' %}1{% endif %}",
    "an order": "{% if a > 1 %}1{% endif %}",
    "a membership": "{% if 'x' in a %}1{% endif %}",
    "a comparison with not": "{% if not a == 'x' %}1{% endif %}",
    "a part of a value as a condition": "{% if a.b %}1{% endif %}",
    "a loop": "{% for one in a %}{{ one }}{% endfor %}",
    "a loop over a part": "{% for one in a.b %}{{ one }}{% endfor %}",
    "a part, by another name": "{% with here=a.b %}{% if here %}1{% endif %}{% endwith %}",
    "a filter in an address": "{% url 'room' a|slugify %}",
    "what a tag makes of a value": "{% load lucide %}{% lucide a %}",
    "another tag": "{% filter upper %}{{ a }}{% endfilter %}",
    "in a branch": "{% if a %}{{ a|upper }}{% endif %}",
    "in a partial": "{% partialdef x %}{{ a|upper }}{% endpartialdef %}{% partial x %}",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_is_refused_with_its_line(write, kind: str):
    name = write(f"<p>one</p>\n<p>two</p>\n{REFUSED[kind]}")
    with pytest.raises(NotPrecompilable, match=r"drawn\.html, line 3: .* cannot be drawn once"):
        render_precompiled(name, {"a": "general"})


def test_in_what_it_includes_and_in_what_it_extends(write):
    write("one\n{{ a|upper }}", "included.html")
    write(BASE, "above.html")
    including = write("{% include 'included.html' %}", "including.html")
    extending = write("{% extends 'above.html' %}", "extending.html")

    with pytest.raises(NotPrecompilable, match=r"included\.html, line 2"):
        render_precompiled(including, {"a": "x"})
    with pytest.raises(NotPrecompilable, match=r"above\.html, line 1: a filter \(foot\|upper\)"):
        render_precompiled(extending, {"a": "x"})


TAKEN = {
    "a value": ("{{ a }}", "general"),
    "whether there is one": ("{% if a %}1{% else %}2{% endif %}", "1"),
    "whether there is none": ("{% if not missing %}1{% endif %}", "1"),
    "and, or": ("{% if a and not missing or b %}1{% endif %}", "1"),
    "a constant": ("{% if 1 %}{{ 'x'|upper }}{% endif %}", "X"),
    "what is not drawn": ("{% if missing %}{{ a|upper }}{% for x in a %}{% endfor %}{% endif %}1", "1"),
    "a loop over nothing": ("{% for one in missing %}{{ one|upper }}{% empty %}none{% endfor %}", "none"),
    "another name": ("{% with b=a %}{% if b %}{{ b }}{% endif %}{% endwith %}", "general"),
    "an address": ("{% url 'room' a %}", "/rooms/general/"),
    "a block that another has taken the place of": (
        "{% extends 'above.html' %}{% block foot %}{{ a }}{% endblock %}",
        "<main></main>general",
    ),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_is_drawn(write, kind: str):
    write(BASE, "above.html")
    html, expected = TAKEN[kind]
    assert render_precompiled(write(html), {"a": "general", "b": ""}).decode() == expected
