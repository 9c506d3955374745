"""The text of a page, by the rules of the web: https://encoding.spec.whatwg.org/ and HTML's own."""

import codecs
import re

# How a page may begin that says how it is encoded; nothing is stronger.
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# What Python calls an encoding that pages may have, and what browsers read in its place: all that people
# write under its name. https://encoding.spec.whatwg.org/#names-and-labels
READ_AS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "shift_jis": "cp932", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030",
    "big5": "big5hkscs", "utf-16": "utf-16-le",
} | {
    name: name
    for name in (
        "utf-8", "utf-16-le", "utf-16-be", "cp866", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic",
        "cp932", "euc_jp", "iso2022_jp", "cp949", "gb18030", "big5hkscs",
        *(f"cp{number}" for number in range(1250, 1259)),
        *(f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    )
}  # fmt: skip
# Labels that Python does not know, or takes for something else.
LABELS = {
    "866": "cp866", "csibm866": "cp866", "koi": "koi8-r", "koi8": "koi8-r", "koi8-ru": "koi8-u",
    "dos-874": "cp874", "windows-874": "cp874", "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8",
    "csiso88598i": "iso8859-8", "csiso88598e": "iso8859-8", "logical": "iso8859-8", "visual": "iso8859-8",
    "sun_eu_greek": "iso8859-7", "ecma-118": "iso8859-7", "elot_928": "iso8859-7",
    "csisolatin9": "iso8859-15", "iso-8859-6-i": "iso8859-6", "iso-8859-6-e": "iso8859-6",
    "csiso88596i": "iso8859-6", "csiso88596e": "iso8859-6", "ksc_5601": "cp949",
    "csmacintosh": "mac-roman", "mac": "mac-roman", "mac-ukrainian": "mac-cyrillic",
    "sjis": "cp932", "windows-31j": "cp932", "ms932": "cp932", "cseucpkdfmtjapanese": "euc_jp",
    "gb_2312-80": "gb18030", "gb_2312": "gb18030", "csgb2312": "gb18030", "csiso58gb231280": "gb18030",
    "iso-ir-58": "gb18030", "chinese": "gb18030", "cn-big5": "big5hkscs", "csbig5": "big5hkscs",
    "windows-949": "cp949", "ks_c_5601-1989": "cp949", "csksc56011987": "cp949", "cseuckr": "cp949",
    "iso-ir-149": "cp949", "unicode": "utf-16-le", "csunicode": "utf-16-le", "ucs-2": "utf-16-le",
    "iso-10646-ucs-2": "utf-16-le", "unicodefeff": "utf-16-le", "unicodefffe": "utf-16-be",
    "unicode-1-1-utf-8": "utf-8", "unicode11utf8": "utf-8", "unicode20utf8": "utf-8",
    "user-defined": "cp1252",
}  # fmt: skip
# Some write it without a hyphen.
ISO = re.compile(r"^iso8859(\d{1,2})$")


def decoded(content: bytes, in_header: str | None, in_page: str | None) -> str:
    """The text of `content`: by its mark, else by the label in the header, else by that in the page itself.

    What cannot be read is a replacement character. Where nobody says it, it is UTF-8 if it can be.
    """
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return content.removeprefix(mark).decode(encoding, "replace")
    if found := encoding_of(in_header):
        return content.decode(found, "replace")
    if found := encoding_of(in_page):
        # The label was read as ASCII, so the page cannot be in it.
        return content.decode("utf-8" if found.startswith("utf-16") else found, "replace")
    try:
        # The end may be cut off.
        return codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def encoding_of(label: str | None) -> str | None:
    """What Python calls the encoding that a browser reads under `label`; None where it knows none."""
    name = (label or "").strip().lower()
    known = LABELS.get(name) or LABELS.get(name := name.replace("x-", ""))
    if known:
        return known
    try:
        return READ_AS.get(codecs.lookup(ISO.sub(r"iso8859-\1", name)).name)
    except (LookupError, ValueError):
        return None
