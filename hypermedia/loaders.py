"""Django's templates, without the white space that is for who reads them: taken out when they are loaded.

Within a tag a line break becomes a space, so its attributes may stand in as many lines as people like;
elsewhere the indentation goes, and the line break stays. A template of HTML has no <pre> with words in it.
"""

from typing import Any

from django.template.base import TextNode
from django.template.loaders import cached

from hypermedia.templates import MARK


class Loader(cached.Loader):
    """Django's own loader of templates that are kept."""

    def get_template(self, template_name: str, skip: Any = None) -> Any:
        """The template, as it is kept."""
        is_new = self.cache_key(template_name, skip) not in self.get_template_cache
        template = super().get_template(template_name, skip)
        if is_new and template_name.partition("#")[0].endswith(".html"):
            texts: Any = template.nodelist.get_nodes_by_type(TextNode)
            take_out_white_space(texts)
        return template


def take_out_white_space(texts: list[TextNode]) -> None:
    """Take it out of the texts of a template, which are in their order."""
    is_in_tag = False
    for text in texts:
        pieces, at = [], 0
        for match in MARK.finditer(text.s):
            pieces.append(text.s[at : match.start()])
            at = match.end()
            if match[0] in "<>":
                is_in_tag = match[0] == "<"
                pieces.append(match[0])
            else:
                pieces.append(_within_tag(text.s[at : at + 1]) if is_in_tag else "\n")
        text.s = "".join(pieces) + text.s[at:]


def _within_tag(following: str) -> str:
    """What stands in a tag for a line break: a space, and nothing before its end."""
    return "" if following == ">" else " "
