"""What is long is folded: shown from its beginning, and whole to whoever opens it."""

# A text of more lines, or of more characters, is folded: about a screen of a laptop.
LINES = 20
CHARACTERS = 1500

# Opens and closes what stands before it (static/css/prose.css). The text itself is never hidden from
# searches, printers and screen readers, as it would be within a closed <details>.
UNFOLD = (
    '<details class="unfold"><summary><span class="closed">Show all</span>'
    '<span class="opened">Show less</span></summary></details>'
)


def folded(html: str) -> str:
    """`html`, folded."""
    return f'<div class="fold">{html}</div>{UNFOLD}'
