"""Names that deceive: those that look like somebody else's, and those that sound like an office.

One rule for usernames and display names, at every door but the operator's own commands: a username is
somebody's name as much as what others see. Two names look alike when they have a shape in common, after
Unicode Technical Standard 39, section 4, https://www.unicode.org/reports/tr39/#Confusable_Detection, with
the letters that people are likely to meet: the standard has thousands.
"""

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

TAKEN = _("Somebody with that username is here already. Choose another.")
TOO_LIKE = _("That looks like the name of somebody who is here already. Choose another.")
KEPT_FREE = _("That name is kept free. Choose another.")

# Whom an @ calls, and who would be believed to have a say.
RESERVED = (
    "all", "channel", "everybody", "everyone", "here", "room",
    "admin", "admins", "administrator", "administrators", "moderator", "moderators", "mod", "mods",
    "member", "members", "operator", "owner", "root", "security", "staff", "superuser", "support",
    "sysadmin", "system", "parley", "anonymous", "nobody", "somebody", "former member",
)  # fmt: skip
# What those who have left are called: nobody comes after them under such a name.
FORMER = re.compile(r"former-?[\dlo][\dlo-]*")

# Letters of other scripts, each with the Latin letter that it looks like. Capitals stand for themselves:
# they look like other letters than the small ones do.
ALIKE = """
    аa Аa вb Вb еe Еe з3 З3 іi Іi јj Јj кk Кk мm Мm нh Нh оo Оo рp Рp сc Сc тt Тt уy Уy хx Хx ѕs Ѕs ԁd Ԁd
    ԛq Ԛq ԝw Ԝw ѡw Ѡw һh Һh ӏl Ӏl гr үy Үy ѵv Ѵv ԍg Ԍg ьb Ьb пn ҽe Ҽe ғf ҏp ҫc ҳx ҭt қk ңh ӽx ѫx
    αa Αa Βb βb Εe εe Ζz Ηh ηn ιi Ιi Κk κk Μm μu Νn νv Οo οo Ρp ρp Τt τt Υy υu Χx χx ωw γy Ϳj ϳj ϲc Ϲc σo ςc
    օo Օo ոn սu Սu հh ցg յj զq ռn Տs Լl
    Ꭺa Ꭰd Ꭱr Ꭲt Ꭵi Ꭻj Ꮐg Ꮓz Ꮃw Ꮇm Ꮋh Ꮤw Ꮩv Ꮪs Ꮮl Ꮯc Ꮲp Ꮶk Ᏼb Ꭼe Ꮎo Ꮢr Ꭹy Ꮷd
    ⲁa Ⲁa ⲟo Ⲟo ⲣp Ⲣp ⲥc Ⲥc ⲓi Ⲓi ⲕk Ⲕk ⲙm Ⲙm ⲛn Ⲛn ⲧt Ⲧt ⲭx Ⲭx
    ꓐb ꓑp ꓓd ꓔt ꓖg ꓗk ꓙj ꓚc ꓜz ꓝf ꓟm ꓠn ꓡl ꓢs ꓣr ꓦv ꓧh ꓪw ꓫx ꓬy ꓮa ꓰe ꓲi ꓳo ꓴu
    ıi ɩi ɪi ɑa ɡg ɢg ʀr ʟl ɴn ʜh ʙb ʏy ᴀa ᴄc ᴅd ᴇe ꜰf ᴊj ᴋk ᴌl ᴍm ᴏo ᴘp ꜱs ᴛt ᴜu ᴠv ᴡw ᴢz
    łl Łl øo Øo đd Đd ħh Ħh ŧt Ŧt ƅb ʋu ꞁl ǀl ƒf ƙk ɓb ɗd ɠg ɦh ɱm ɲn ŋn ƥp ƭt
"""
LOOKS = {ord(pair[0]): pair[1] for pair in ALIKE.split()} | {
    first + place: chr(ord("a") + place)
    # Circled, squared, and those of flags: they have no compatibility mapping.
    for first in (0x1F150, 0x1F170, 0x1F1E6)
    for place in range(26)
}
# What cannot be told apart in many typefaces, once everything is small and Latin.
STROKES = str.maketrans("i1|0", "lllo")

# What is seen as nothing, besides the format characters: https://www.unicode.org/reports/tr44/, under
# Default_Ignorable_Code_Point, and the empty pattern of Braille.
BLANK = dict.fromkeys(
    (*map(ord, "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"),
     *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000))
)  # fmt: skip
# Scripts in which a letter with a mark on it is mistaken for the letter; in others it is another letter.
MARKED = ("LATIN", "GREEK", "CYRILLIC")
GAPS = re.compile(r"[-\s._·•‐‑‒–—―−‿⁀]+")
# Signs that say something of a name, and are no part of it.
SEALS = "✓✔☑✅™®©★☆"


def shapes(name: str) -> frozenset[str]:
    """What `name` looks like: as it is written, and in small and in capital letters."""
    if name.isascii():
        return frozenset((_strokes(name),))
    return frozenset(_strokes(_letters(form)) for form in (name, name.lower(), name.upper()))


def look_of(name: str) -> str:
    """One shape that `name` has, to find its like by: that of its small letters."""
    return _strokes(name if name.isascii() else _letters(name.lower()))


def is_reserved(name: str) -> bool:
    """Whether `name` sounds like an office, or calls everybody."""
    looks = shapes(name)
    return not RESERVED_SHAPES.isdisjoint(looks) or any(map(FORMER.fullmatch, looks))


def problem_of(name: str, others: Iterable[str], own: Iterable[str] = ()) -> str:
    """Why somebody may not be called `name` beside `others`, as a sentence; or an empty text.

    `own` is what they are called already: whom the operator named Admin may be Admin.
    """
    if is_reserved(name) and not _is_among(name, own):
        return str(KEPT_FREE)
    return str(TOO_LIKE) if _is_among(name, others) else ""


def _is_among(name: str, others: Iterable[str]) -> bool:
    looks = shapes(name)
    return any(not looks.isdisjoint(shapes(other)) for other in others)


def _letters(name: str) -> str:
    """`name` in Latin letters, where its letters look like some; without what is not seen."""
    seen = (character for character in name.translate(BLANK) if unicodedata.category(character) != "Cf")
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", "".join(seen)))
    letters = []
    base = ""
    for character in text:
        if unicodedata.category(character) not in ("Mn", "Me"):
            base = character
        elif unicodedata.name(base, "").startswith(MARKED):
            continue
        letters.append(character)
    return "".join(letters).translate(LOOKS)


def _strokes(text: str) -> str:
    small = GAPS.sub("-", text).casefold()
    around = "".join({character for character in small if _is_around(character)})
    return (small.strip(around) or small).translate(STROKES).replace("rn", "m")


def _is_around(character: str) -> bool:
    return character in SEALS or unicodedata.category(character)[0] in "PZ"


RESERVED_SHAPES = frozenset().union(*(shapes(name) for name in RESERVED))
