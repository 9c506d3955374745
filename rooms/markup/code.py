"""Code, coloured by its language."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from itertools import groupby
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Literal, Name, Number, Operator, String, _TokenType

from rooms.markup.folding import folded

# Those that people show each other. Pygments knows hundreds more, and each is a set of patterns that
# what somebody writes is run through.
LANGUAGES = frozenset({
    "Bash", "Bash Session", "Batchfile", "C", "C#", "C++", "CMake", "CSS", "Clojure", "CoffeeScript", "Dart",
    "Diff", "Django/Jinja", "Docker", "Elixir", "Elm", "Erlang", "F#", "Fish", "Fortran", "GLSL", "Go",
    "GraphQL", "Groovy", "HTML", "HTTP", "Haskell", "INI", "JSON", "JSX", "Java", "JavaScript", "Julia",
    "Kotlin", "Lua", "Makefile", "MySQL", "Nginx configuration file", "Nix", "OCaml", "Objective-C", "PHP",
    "Perl", "PostgreSQL SQL dialect", "PowerShell", "Properties", "Protocol Buffer", "Python",
    "Python Traceback", "Python console session", "Ruby", "Rust", "S", "SCSS", "SQL", "Scala", "Scheme",
    "Swift", "TOML", "TSX", "TeX", "TypeScript", "VB.net", "VimL", "Vue", "XML", "YAML", "Zig",
})  # fmt: skip

# What people call them, and Pygments does not.
ALIASES = {"jsonc": "JSON", "json5": "JSON", "gql": "GraphQL", "svelte": "HTML"}

# What is coloured, by the classes of static/css/prose.css. The first that fits counts.
COLOURS: tuple[tuple[_TokenType, str], ...] = (
    (Comment.Preproc, "k"), (Comment, "c"), (Generic.Prompt, "c"), (Generic.Output, "c"),
    (Generic.Inserted, "i"), (Generic.Deleted, "d"), (Generic.Subheading, "f"), (Generic.Heading, "f"),
    (Keyword.Type, "t"), (Keyword.Constant, "n"), (Keyword, "k"), (Operator.Word, "k"), (Name.Tag, "k"),
    (Name.Class, "t"), (Name.Exception, "t"), (Name.Namespace, "t"), (Name.Builtin, "t"),
    (Name.Function, "f"), (Name.Decorator, "f"), (Name.Attribute, "f"), (Name.Variable, "f"),
    (Name.Constant, "n"), (Name.Entity, "n"), (Number, "n"), (String, "s"), (Literal, "s"),
)  # fmt: skip
CLASSES = frozenset(colour for _, colour in COLOURS)
# So many characters of code are coloured in one message, from its first block on: the slowest of these
# languages takes half a second for as many brackets, and four times that for twice as many.
COLOURED = 4000
# A block of more lines is folded.
LINES = 20

WORD = re.compile(r"\w[\w+#./-]*")


def fence(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: dict[str, Any]) -> str:
    """Render rule: a fenced block in colours; one in an unknown language, or in none, as it is."""
    token = tokens[index]
    language = language_in(token.info)
    name = f' data-language="{escape(language)}"' if language else ""
    env["code"] = env.get("code", 0) + len(token.content)
    code = coloured(token.content, language if env["code"] <= COLOURED else "")
    html = f"<pre{name}><code>{code}</code></pre>\n"
    return folded(html) if is_long(token) and not env.get("folds") else html


def is_long(token: Token) -> bool:
    """Whether a block of code is folded."""
    return token.content.count("\n") > LINES


def language_in(info: str) -> str:
    """The language that the first word after a fence names, as Pygments calls it; else an empty text."""
    word = WORD.search(info)
    return _languages().get(word[0].lower(), "") if word else ""


@cache
def _languages() -> dict[str, str]:
    """Languages by what Pygments and people call them, and by how the names of their files end: kt, tsx."""
    known = [found for found in get_all_lexers(plugins=False) if found[0] in LANGUAGES]
    called = {alias: name for name, aliases, _, _ in known for alias in (*aliases, name.lower())}
    ends = {
        pattern.removeprefix("*.").lower(): name
        for name, _, patterns, _ in reversed(known)
        for pattern in patterns
        if re.fullmatch(r"\*\.\w+", pattern)
    }
    # Pygments' own names first: by the first of them a lexer is found.
    return called | {end: name for end, name in (ends | ALIASES).items() if end not in called}


@cache
def _alias(language: str) -> str:
    return next(alias for alias, name in _languages().items() if name == language)


def coloured(code: str, language: str) -> str:
    """`code` as HTML."""
    if not language:
        return escape(code, quote=False)
    lexer = get_lexer_by_name(_alias(language), stripnl=False, ensurenl=False)
    parts = ((_colour(kind), text) for kind, text in lexer.get_tokens(code))
    return "".join(_spans(parts))


def _spans(parts: Iterator[tuple[str, str]]) -> Iterator[str]:
    for colour, group in groupby(parts, key=lambda part: part[0]):
        text = escape("".join(text for _, text in group), quote=False)
        yield f'<span class="{colour}">{text}</span>' if colour and not text.isspace() else text


@cache
def _colour(kind: _TokenType) -> str:
    return next((colour for family, colour in COLOURS if kind in family), "")
