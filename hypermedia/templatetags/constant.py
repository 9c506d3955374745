"""A part of a template that is the same on every page."""

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils import translation
from django.utils.safestring import SafeString

register = template.Library()


class ConstantNode(template.Node):
    """Rendered by the first page in a language, and kept for the others."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.html: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """The same string always: of the page that is being made, nothing is known in here."""
        language = translation.get_language()
        if language not in self.html:
            self.html[language] = self.nodelist.render(context.new())
        return self.html[language]


@register.tag
def constant(parser: Parser, token: Token) -> ConstantNode:
    """`{% constant %}…{% endconstant %}`: icons and addresses, which take longer to look up than to send."""
    nodelist = parser.parse(("endconstant",))
    parser.delete_first_token()
    return ConstantNode(nodelist)
