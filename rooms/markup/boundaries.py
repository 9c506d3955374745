"""Where words end: one rule for names, emoji's names and addresses, in every script.

All three are written in Latin letters and digits, or end in them. So it is these alone that can make them a
part of a longer word: a@b is an e-mail address, foo::key::bar is code. After a letter of any other script
they begin, and before one they end: Chinese, Japanese and Thai have no spaces between words, Hebrew and
Arabic write "to" and "and" in front of a name without one, Korean its particles behind it.
"""

import unicodedata

# Latin letters and plain digits, as part of a character class: https://www.unicode.org/Public/UNIDATA/Scripts.txt
# Those of full width belong to Chinese and Japanese texts, and are none.
LATIN = (
    r"A-Za-z0-9\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02b8\u1d00-\u1dbf\u1e00-\u1eff"
    r"\u2c60-\u2c7f\ua722-\ua7ff\uab30-\uab69\ufb00-\ufb06"
)
# What goes on with a word of them: an underscore, and accents that are characters of their own.
ACCENTS = r"\u0300-\u036f"
TAIL = rf"_{ACCENTS}"
# No word stands before: a look behind has a fixed width, and a Vietnamese letter may have two accents.
BEGINS = rf"(?<![{LATIN}])(?<![{LATIN}][{TAIL}])(?<![{LATIN}][{TAIL}]{{2}})"
# No word goes on behind.
ENDS = rf"(?!_*[{LATIN}{ACCENTS}])"
# A character of another script, or a mark of one.
FOREIGN = rf"[^\x00-\x7f{LATIN}{ACCENTS}]"


# Marks that stand within words and titles, カタカナ・カタカナ, as dashes do.
INNER = "·‧・･՚׳״‖†‡•‰′″¡¿§¶〜～‐‑‒–—―⸺⸻〰"
# What nobody sees, and what turns the direction.
UNSEEN = "\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
# All other marks beyond ASCII: stops, brackets, quotation marks, of whatever script is written in today.
MARKS = f"{UNSEEN}＜＞｜" + "".join(
    mark
    for first, last in (
        (0x80, 0x3400),
        (0xA490, 0xAC00),
        (0xFE10, 0xFFEF),
        (0x10100, 0x12000),
        (0x1E000, 0x1EF00),
    )
    for mark in map(chr, range(first, last))
    if unicodedata.category(mark) in ("Po", "Ps", "Pe", "Pi", "Pf") and mark not in INNER
)

# Scripts without spaces between words that are not of full width: Thai, Lao, Tibetan, Burmese, Khmer, Tai.
UNSPACED = ((0x0E00, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF))


def is_unspaced(character: str) -> bool:
    """Whether a character is of a script in which words follow each other without a space, or a mark of it.

    Of full width, as https://github.com/tats-u/markdown-cjk-friendly has it, Korean with its particles
    among them; and of the others.
    """
    return character > "\u0dff" and (
        unicodedata.east_asian_width(character) in "WFH"
        or any(first <= ord(character) <= last for first, last in UNSPACED)
    )
