"""What a template that is drawn once may not ask, found before it is drawn: with its file and its line.

Where a template is filled in later (hypermedia/precompiled.py), a value is not there yet when it is drawn.
A filter would change the gap that stands for it, a comparison would find it unlike everything, and both
without a word. Only what is drawn is looked at: of an `{% if %}` the part that is taken.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.template import TemplateSyntaxError
from django.template.base import FilterExpression, Node, TextNode, Variable, VariableNode
from django.template.defaulttags import (
    CommentNode,
    CsrfTokenNode,
    ForNode,
    IfNode,
    LoadNode,
    PartialDefNode,
    PartialNode,
    URLNode,
    WithNode,
)
from django.template.library import SimpleNode
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from hypermedia.templatetags.constant import ConstantNode

# What a name stands for: whether there is a value; None where nobody can know before it is filled in.
Known = Mapping[str, bool | None]


class NotPrecompilable(TemplateSyntaxError):
    """A template asks what nobody knows when it is drawn."""

    def __init__(self, node: Node, why: str) -> None:
        line = node.token.lineno if node.token else 0
        super().__init__(f"{node.origin}, line {line}: {why} cannot be drawn once and filled in later.")


def check(template: str, there: Collection[str]) -> None:
    """See that `template` can be drawn with gaps for the values called `there`, or raise NotPrecompilable."""
    _Walk().template(template, dict.fromkeys(there, True))


class _Walk:
    """One look at everything that is drawn of a template, with its ancestors and what it includes."""

    def __init__(self) -> None:
        # The blocks of each name, the most derived first.
        self.blocks: dict[str, list[BlockNode]] = {}

    def template(self, name: str, known: Known) -> None:
        self.nodes(get_template(name).template.nodelist, known)  # type: ignore[attr-defined]

    def nodes(self, nodes: Iterable[Node], known: Known) -> None:
        for node in nodes:
            self.node(node, known)

    def node(self, node: Node, known: Known) -> None:
        match node:
            case TextNode() | CommentNode() | CsrfTokenNode() | LoadNode() | ConstantNode():
                pass
            case VariableNode():
                self.value(node, node.filter_expression)
            case URLNode():
                for value in (*node.args, *node.kwargs.values()):
                    self.value(node, value)
            case SimpleNode():
                for value in (*node.args, *node.kwargs.values()):
                    if _lookups(value):
                        raise NotPrecompilable(node, f"what {{% {_tag(node)} %}} makes of {value.token}")
            case TranslateNode():
                if _lookups(node.filter_expression):
                    raise NotPrecompilable(node, f"the translation of {node.filter_expression.token}")
            case BlockTranslateNode():
                if node.countervar:
                    raise NotPrecompilable(node, f"what depends on the number {node.countervar}")
                self.bound(node, node.extra_context, known)
            case IfNode():
                self.branches(node, known)
            case ForNode():
                sequence: Any = node.sequence
                if self.truth(node, sequence, known):
                    raise NotPrecompilable(node, f"a loop over {sequence.token}")
                empty: Any = node.nodelist_empty
                self.nodes(empty or (), known)
            case WithNode():
                self.nodes(node.nodelist, self.bound(node, node.extra_context, known))
            case IncludeNode():
                inner = self.bound(node, node.extra_context, {} if node.isolated_context else known)
                included: Any = node.template
                self.template(str(included.var), inner)
            case ExtendsNode():
                for block in node.blocks.values():
                    self.blocks.setdefault(block.name, []).append(block)
                parent: Any = node.parent_name
                self.template(str(parent.var), known)
            case BlockNode():
                overriding = self.blocks.get(node.name, [])
                self.nodes((overriding[0] if overriding else node).nodelist, known)
            case PartialNode():
                self.nodes(node.partial_mapping[node.partial_name].nodelist, known)
            case PartialDefNode():
                self.nodes(node.nodelist if node.inline else (), known)
            case _:
                if list(node.get_nodes_by_type(VariableNode)):
                    raise NotPrecompilable(node, f"{{% {_tag(node)} %}}")

    def branches(self, node: IfNode, known: Known) -> None:
        """The part of an `{% if %}` that is drawn."""
        for condition, nodes in node.conditions_nodelists:
            if condition is None or self.condition(node, condition, known):
                self.nodes(nodes, known)
                return

    def condition(self, node: Node, condition: Any, known: Known) -> bool:
        """Whether a condition holds: it may ask whether values are there, with `and`, `or` and `not`."""
        match condition.id:
            case "literal":
                return self.truth(node, condition.value, known)
            case "not":
                return not self.condition(node, condition.first, known)
            case "and":
                first, second = condition.first, condition.second
                return self.condition(node, first, known) and self.condition(node, second, known)
            case "or":
                first, second = condition.first, condition.second
                return self.condition(node, first, known) or self.condition(node, second, known)
        raise NotPrecompilable(node, f"a comparison ({condition.id})")

    def truth(self, node: Node, expression: FilterExpression, known: Known) -> bool:
        """Whether there is such a value."""
        self.value(node, expression)
        lookups = _lookups(expression)
        if not lookups:
            return bool(_constant(expression))
        name, *rest = lookups
        found = known.get(name, False)
        if (rest and found) or found is None:
            raise NotPrecompilable(node, f"whether there is {expression.token}, no value of its own,")
        return found

    def value(self, node: Node, expression: FilterExpression) -> None:
        """A value, or what belongs to it."""
        if expression.filters and _lookups(expression):
            raise NotPrecompilable(node, f"a filter ({expression.token})")

    def bound(self, node: Node, names: Mapping[str, FilterExpression], known: Known) -> Known:
        """What is known inside, where `names` stand for other values."""
        inner: dict[str, bool | None] = dict(known)
        for name, expression in names.items():
            self.value(node, expression)
            lookups = _lookups(expression)
            if not lookups:
                inner[name] = bool(_constant(expression))
            else:
                inner[name] = known.get(lookups[0], False) if len(lookups) == 1 else None
        return inner


def _lookups(expression: FilterExpression) -> tuple[str, ...]:
    """The names by which a value is looked up; none for a constant."""
    return (getattr(expression.var, "lookups", None) or ()) if isinstance(expression.var, Variable) else ()


def _constant(expression: FilterExpression) -> object:
    return expression.var.literal if isinstance(expression.var, Variable) else expression.var


def _tag(node: Node) -> str:
    return node.token.split_contents()[0] if node.token else type(node).__name__
