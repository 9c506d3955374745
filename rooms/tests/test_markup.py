"""What people write, as HTML."""

import random
import re
import unicodedata
from html import unescape

import pytest

from rooms.markup import blocks, code, folding, render_markup, rendering, usernames_in, with_signs
from rooms.markup.cleaning import cleaned
from rooms.markup.folding import UNFOLD
from rooms.models.message import BODY_LIMIT

PEOPLE = {"alice": 1, "bob": 2, "ada.l-1_x": 3, "__init__": 4}


def html(text: str) -> str:
    return render_markup(text, PEOPLE).html


TO_DO = '<li class="task"><span class="box">☐</span> '
DONE = '<li class="task is-done"><span class="box">☑</span> '
LINK = 'target="_blank" rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, you.", "<p>Hello, you.</p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\n\ntwo", '<p dir="auto">one</p>\n<p dir="auto">two</p>'),
        ("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>"),
        ("a_b_c 2*3*4", "<p>a_b_c 2<em>3</em>4</p>"),
        ("<b> &amp; & \\*", "<p>&lt;b&gt; &amp; &amp; *</p>"),
        ("> q", '<blockquote dir="auto">\n<p dir="auto">q</p>\n</blockquote>'),
        ("- a\n- b", '<ul dir="auto">\n<li>a</li>\n<li>b</li>\n</ul>'),
        ("- [ ] a\n- [x] **b**", f'<ul dir="auto">\n{TO_DO}a</li>\n{DONE}<strong>b</strong></li>\n</ul>'),
        ("1. [X] a", f'<ol dir="auto">\n{DONE}a</li>\n</ol>'),
        ("- [ ] a\n  - b", f'<ul dir="auto">\n{TO_DO}a\n<ul dir="auto">\n<li>b</li>\n</ul>\n</li>\n</ul>'),
        ("- [ ]\n- [y] b", '<ul dir="auto">\n<li>[ ]</li>\n<li>[y] b</li>\n</ul>'),
        ("[ ] a", "<p>[ ] a</p>"),
        ("3. a", '<ol start="3" dir="auto">\n<li>a</li>\n</ol>'),
        ("***", "<hr>"),
        ("## One", '<p class="heading is-large">One</p>'),
        ("Two\n---", '<p dir="auto">Two</p>\n<hr>'),
        ("Two\n===", "<p>Two<br>\n===</p>"),
        ("> q\nr", '<blockquote dir="auto">\n<p dir="auto">q</p>\n</blockquote>\n<p dir="auto">r</p>'),
        ("### Three", '<p class="heading is-small">Three</p>'),
        ("[a](https://example.org/ 't')", f'<p><a href="https://example.org/" title="t" {LINK}>a</a></p>'),
        ("[a](mailto:a@example.org)", f'<p><a href="mailto:a@example.org" {LINK}>a</a></p>'),
        ("a@example.org", f'<p><a href="mailto:a@example.org" {LINK}>a@example.org</a></p>'),
        ("www.example.org.", f'<p><a href="http://www.example.org" {LINK}>www.example.org</a>.</p>'),
        ("(https://example.org/a_(b)_*c)", f'<p>(<a href="https://example.org/a_(b)_*c" {LINK}>https://example.org/a_(b)_*c</a>)</p>'),
        ("README.md main.rs a.b", "<p>README.md main.rs a.b</p>"),
        ("[a](/rooms/)", "<p>[a](/rooms/)</p>"),
        ("![a *b*](https://example.org/)", f'<p><a href="https://example.org/" {LINK}>a *b*</a></p>'),
    ],
)  # fmt: skip
def test_is_commonmark_and_a_little_more(text, expected):
    assert html(text) == expected


def test_a_table_is_scrolled_by_itself_and_aligned_by_classes():
    found = html("|a|b|c|\n|--|:-:|-:|\n|1|2|3|")

    assert found.startswith(
        '<div class="sheet" role="group" aria-label="Table" tabindex="0"><table dir="auto">'
    )
    assert '<th>a</th>\n<th class="is-centre">b</th>\n<th class="is-right">c</th>' in found
    assert '<td>1</td>\n<td class="is-centre">2</td>\n<td class="is-right">3</td>' in found
    assert "style" not in found


# -- Emphasis in every script --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**中文。**接着", "<strong>中文。</strong>接着"),
        ("これは**「強調」**です", "これは<strong>「強調」</strong>です"),
        ("これは*「強調」*です", "これは<em>「強調」</em>です"),
        ("これは~~「強調」~~です", "これは<s>「強調」</s>です"),
        ("_中文。_接着", "<em>中文。</em>接着"),
        ("これは_「強調」_です", "これは<em>「強調」</em>です"),
        ("**한국어(Korean)**은", "<strong>한국어(Korean)</strong>은"),
        ("**“ตัวหนา”**ครับ", "<strong>“ตัวหนา”</strong>ครับ"),
        ("这是**“强调”**的**“强调”**。", "这是<strong>“强调”</strong>的<strong>“强调”</strong>。"),
        ("報告_最終_v2 用户_名称_表 snake_case_name", "報告_最終_v2 用户_名称_表 snake_case_name"),
        ("2 * 3 * 4 **中文。 ** x", "2 * 3 * 4 **中文。 ** x"),
    ],
)
def test_emphasis_needs_no_spaces_where_there_are_none(text, shown):
    assert html(text) == f"<p>{shown}</p>"


# -- Addresses -----------------------------------------------------------------------------


def addresses(text: str) -> list[str]:
    """What is shown as an address in `text`."""
    return [unescape(address) for address in re.findall(r"<a [^>]*>([^<]*)</a>", html(text))]


@pytest.mark.parametrize("mark", "，。、；：！？）」』】》〉］｝…’”»—～＞।؟،።။" + "\u200b\u202c")
def test_an_address_ends_before_a_mark_of_any_script(mark):
    assert addresses(f"见https://example.org/a{mark}") == ["https://example.org/a"]
    assert addresses(f"见www.example.org{mark}") == ["www.example.org"]


@pytest.mark.parametrize("mark", "，。、；：！？）」』】》［（「“…’।؟")
def test_nor_does_it_go_on_behind_one(mark):
    text = f"https://example.org/e{mark}https://example.org/f{mark}然后"

    assert addresses(text) == ["https://example.org/e", "https://example.org/f"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("_{}_", "<em>{}</em>"),
        ("__see {}__", "<strong>see {}</strong>"),
        ("~~{}~~", "<s>{}</s>"),
        ("**{}**", "<strong>{}</strong>"),
        ("*{}*中文", "<em>{}</em>中文"),
        ("||{}||", "||{}||"),
        ("{}**bold**", "{}<strong>bold</strong>"),
        ("[{}_]", "[{}_]"),
        ("(_{}_), ~~{}~~.", "(<em>{}</em>), <s>{}</s>."),
        ("_{}_，_{}_", "<em>{}</em>，<em>{}</em>"),
    ],
)
@pytest.mark.parametrize(
    "address", ["https://example.org/a", "https://example.org", "https://example.org/a_(b)"]
)
def test_marks_of_emphasis_are_no_part_of_an_address(text, shown, address):
    link = f'<a href="{address}" {LINK}>{address}</a>'

    assert html(text.replace("{}", address)) == f"<p>{shown.replace('{}', link)}</p>"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a_b__c~d*e?f=g|h&i=[j]#k;l",
        "https://example.org/a_(b)",
        "https://müller.de/ä",
        "https://例え.jp/日本語",
        "https://сайт.рф/а",
        "https://abc東京.com",
        "https://ja.wikipedia.org/wiki/アラン・チューリング",
        "https://en.wikipedia.org/wiki/Michelson–Morley_experiment",
        "https://example.org/🎉",
        "https://web.archive.org/web/2020/https://example.org/b",
        "http://[::1]:8000/",
        "http://[2001:db8::1]",
        "HTTP://EXAMPLE.ORG/B",
    ],
)
def test_an_address_is_whole(address):
    assert addresses(f"See {address}, please") == [address]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请看www.example.org", ["www.example.org"]),
        ("请看www.example.org和www.example.com吧", ["www.example.org", "www.example.com"]),
        ("联系bob@example.org吧", ["bob@example.org"]),
        (
            "联系:a@example.org、b@example.org和c@example.org",
            ["a@example.org", "b@example.org", "c@example.org"],
        ),
        ("почтаbob@example.orgпривет", ["bob@example.org"]),
        ("https://example.org吧 http://localhost:8000吧", ["https://example.org", "http://localhost:8000"]),
        (
            "https://example.dev:80привет http://192.168.0.1看",
            ["https://example.dev:80", "http://192.168.0.1"],
        ),
        ("éwww.example.org ébob@example.org e\u0301bob@example.org", []),
        ("https://example.org|x http://[x]", []),
    ],
)
def test_addresses_begin_and_end_between_letters_of_other_scripts(text, found):
    assert addresses(text) == found


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_a_host_is_one_however_it_is_composed(form):
    address = unicodedata.normalize(form, "https://ＭÜＬＬＥＲ.de/")

    assert render_markup(address, {}).links == ("https://xn--mller-kva.de/",)


def test_the_addresses_that_are_kept_are_those_that_are_shown():
    text = (
        "HTTP://EXAMPLE.ORG/B 见https://example.org/a，<https://example.org/c> ~~https://example.org/d~~ "
        "https://a℀b.org/ https://example.org|x"
    )

    found = render_markup(text, {})

    assert found.links == (
        "HTTP://EXAMPLE.ORG/B", "https://example.org/a", "https://example.org/c", "https://example.org/d",
    )  # fmt: skip
    assert [*found.links] == re.findall(r'href="([^"]*)"', found.html)


# -- Paths ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\\server\share\_x_", r"\\server\share\_x_"),
        (r"In C:\_a\*b\@bob\:tada: and D:\x", r"In C:\_a\*b\@bob\:tada: and D:\x"),
        (r"**C:\_a**, _D:\b_", r"<strong>C:\_a</strong>, <em>D:\b</em>"),
        (r"在C:\_a，\*b\*", r"在C:\_a，*b*"),
        (r"\\*a\\* abc:\_d", r"\<em>a\</em> abc:_d"),
    ],
)
def test_a_path_of_windows_is_as_it_was_written(text, shown):
    assert html(text) == f"<p>{shown}</p>"


# -- People --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named", "calls"),
    [
        ("@alice", {1}, ""),
        ("Hi @Alice, @BOB.", {1, 2}, ""),
        ("(@ada.l-1_x)", {3}, ""),
        ("**@alice** [@bob](https://example.org/)", {1}, ""),
        ("`@alice`\n\n```\n@bob\n```\n    @bob", set(), ""),
        ("bob@alice @@alice /@alice a@alice.org @charlie", set(), ""),
        ("@here", set(), "here"),
        ("@here @room", set(), "room"),
        ("@everyone", set(), "room"),
        ("请@bob看一下 ถาม@alice", {1, 2}, ""),
        ("привет@bob καλημέρα@alice", {1, 2}, ""),
        ("و@bob ל@alice", {1, 2}, ""),
        ("안녕@bob은，@alice：", {1, 2}, ""),
        ("日本語@here", set(), "here"),
        ("café@bob cafe\u0301@bob tiế@bob tie\u0302\u0301@bob a_@bob 1@bob", set(), ""),
        ("@bobé @bobe\u0301 @bobby @bob.lee @bob-lee @bob_lee @bob@example.org a@example.org@bob", set(), ""),
        ("_@bob_ __@alice__", {1, 2}, ""),
        ("*@bob* ~~@alice~~", {1, 2}, ""),
        ("@bob_ @alice...", {1, 2}, ""),
        ("@bob--see @alice...you", {1, 2}, ""),
        (r"@ada.l-1\_x.", {3}, ""),
        ("@__init__ @bob", {2, 4}, ""),
        (r"\@bob \@here &#64;alice", set(), ""),
        ("> @bob\n> - @here\n\n@alice", {1}, ""),
        ("> said\n@bob", {2}, ""),
        ("> |a|\n> |-|\n> |@bob|\n@alice", {1}, ""),
        ("|a|\n|-|\n|@bob|", {2}, ""),
        ("- > @bob\n- @alice", {1}, ""),
    ],
)
def test_names_people(text, named, calls):
    found = render_markup(text, PEOPLE)

    assert (found.named, found.calls) == (named, calls)
    assert {name for name, pk in PEOPLE.items() if pk in named} <= usernames_in(text)
    assert found.html.count('class="mention') == len(named) + len(calls and text.split())


def test_a_name_stands_out_for_whose_it_is():
    assert '<b class="mention" data-person="2">@bob</b>' in html("@bob")
    assert '<b class="mention is-call">@room</b>' in html("@room")


def test_keeps_what_it_links_to_on_the_web_once_and_in_order():
    text = (
        "https://example.org/b [a](https://example.org/a) ![p](https://example.org/p) a@example.org "
        "`https://example.org/c` https://example.org/b"
    )

    assert render_markup(text, {}).links == (
        "https://example.org/b", "https://example.org/a", "https://example.org/p",
    )  # fmt: skip


# -- Emoji ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("well :tada: done", "well 🎉 done"),
        ("a :+1: :-1: :heart_eyes: :Party_Popper:", "a 👍 👎 😍 🎉"),
        ("well :tada::tada:", "well 🎉🎉"),
        ("**:tada:**!", "<strong>🎉</strong>!"),
        (":nothing_like_it: 10:30:45 a:tada: :tada:b ::", ":nothing_like_it: 10:30:45 a:tada: :tada:b ::"),
        ("foo::key::bar std::heart::x ::heart:: é:key:", "foo::key::bar std::heart::x ::heart:: é:key:"),
        ("好的:tada:谢谢 ครับ:tada: привет:tada:", "好的🎉谢谢 ครับ🎉 привет🎉"),
        (r"\:tada: :tada\: &colon;tada:", ":tada: :tada: :tada:"),
        ("a :wave::skin-tone-3: :wave::tada: :tada::skin-tone-3:", "a 👋🏼 👋🎉 🎉🏼"),
        ("a :thumbsup_medium_skin_tone: :thumbsup_tone3: :+1_dark_skin_tone:", "a 👍🏽 👍🏽 👍🏿"),
        ("a :man-shrugging::skin-tone-6: :female-astronaut_tone5:", "a 🤷🏿‍♂️ 👩🏿‍🚀"),
        ("a :flag-us: :flag_jp: :flag-england: :simple_smile:", "a 🇺🇸 🇯🇵 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🙂"),
        ("a :keycap_#: :keycap_*: :flag-zz: :tada_tone3:", "a #️⃣ *️⃣ :flag-zz: :tada_tone3:"),
        ("`:tada:`", "<code>:tada:</code>"),
    ],
)
def test_emoji_by_their_names(text, shown):
    assert html(text) == f"<p>{shown}</p>"


def test_addresses_have_no_emoji():
    assert "🎉" not in html("https://example.org/:tada: <https://example.org/:tada:>")
    assert 'title=":tada:"' in html("[x](https://example.org/ ':tada:')")


@pytest.mark.parametrize(
    "text", ["🎉", ":tada:", "🎉🎉 🎉", "👩🏽‍🚀", "🏳️‍🌈 🇵🇹", "1️⃣", "👨‍👩‍👧‍👦" * 6, "😀\n😀", "❤️"]
)
def test_a_few_emoji_alone_are_large(text):
    assert html(text).startswith('<p class="is-emoji">')


@pytest.mark.parametrize(
    "text", ["🎉" * 7, "🎉!", "a 🎉", "1", "> 🎉", "- 🎉", "**🎉**", "`🎉`", "🎉\n\n🎉", "#", "()"]
)
def test_emoji_with_anything_else_are_not(text):
    assert "is-emoji" not in html(text)


# -- Code ----------------------------------------------------------------------------------


def test_code_is_coloured_by_its_language():
    assert html('```python\ndef f(x):\n    return "a"  # b\n```') == (
        '<pre data-language="Python"><code><span class="k">def</span> <span class="f">f</span>(x):\n'
        '    <span class="k">return</span> <span class="s">"a"</span>  <span class="c"># b</span>\n'
        "</code></pre>"
    )


@pytest.mark.parametrize("info", ["py", "Python", "python3 title=x", "{.python}", "python {1}"])
def test_a_language_is_the_first_word_after_the_fence(info):
    assert 'data-language="Python"' in html(f"```{info}\nx = 1\n```")


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("kt", "Kotlin"), ("tsx", "TSX"), ("jsx", "JSX"), ("mjs", "JavaScript"), ("jsonc", "JSON"),
        ("vue", "Vue"), ("objective-c", "Objective-C"), ("hpp", "C++"), ("psm1", "PowerShell"),
        ("ts", "TypeScript"),
    ],
)  # fmt: skip
def test_a_language_is_known_by_how_its_files_are_called(info, language):
    assert f'data-language="{language}"' in html(f"```{info}\nx = 1\n```")


@pytest.mark.parametrize("info", ["", "nothing", '"onload="x', "mime", "brainfuck", "\u00a0", "ｐｙ"])
def test_code_in_no_language_that_we_know_is_plain(info):
    assert html(f"```{info}\ndef <f>\n```") == "<pre><code>def &lt;f&gt;\n</code></pre>"


@pytest.mark.parametrize("language", sorted(set(code._languages().values())))
def test_every_language_shows_the_code_that_it_was_given(language):
    text = "\n  a <b> = \"c\" + 'd' & 1; // x\n\tif (y) { return [z]; }\n# end\n\n"

    coloured = code.coloured(text, language)

    assert unescape(rendering.TAG.sub("", coloured)) == text
    assert cleaned(coloured) == coloured


# -- Long texts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["a\n" * folding.LINES + "a", "a " * (folding.CHARACTERS // 2), "- a\n" * 20]
)
def test_a_text_of_some_length_is_not_folded(text):
    assert "fold" not in html(text.strip())


@pytest.mark.parametrize(
    "text", ["a\n" * (folding.LINES + 1) + "a", "a " * folding.CHARACTERS, "- a\n" * 22 + "- a"]
)
def test_a_longer_one_is(text):
    assert html(text).startswith('<div class="fold"><')
    assert html(text).endswith(f"</div>{UNFOLD}")


def test_long_code_is_folded_by_itself_in_a_short_text():
    long = "```\n" + "x\n" * 30 + "```"

    found = html(f"Look:\n\n{long}\n\nWell?")

    assert found.startswith('<p dir="auto">Look:</p>\n<div class="fold"><pre>')
    assert found.endswith(f'</pre>\n</div>{UNFOLD}<p dir="auto">Well?</p>')


def test_long_code_in_a_long_text_is_folded_with_it():
    found = html("a\n" * 30 + "\n```\n" + "x\n" * 30 + "```")

    assert found.count('class="fold"') == found.count("<details") == 1


# -- Whatever is written -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["[a]: https://example.org/", "&nbsp;", "&#8203;", "[](https://example.org/)", ">", "- "]
)
def test_what_would_show_nothing_is_shown_as_it_was_written(text):
    assert html(text) == f"<p>{text.replace('&', '&amp;').replace('>', '&gt;')}</p>"


def test_what_cannot_be_rendered_is_shown_as_it_was_written(monkeypatch, caplog):
    def fail(html: str) -> str:
        raise RecursionError("broken on purpose")

    monkeypatch.setattr(rendering, "cleaned", fail)

    assert html("*<a>*\n@alice") == "<p>*&lt;a&gt;*<br>\n@alice</p>"
    assert "broken on purpose" in caplog.text


def test_what_would_be_too_much_is_shown_as_it_was_written():
    found = render_markup("@b " * 3000, {"b": 2})

    assert found.html.startswith('<div class="fold"><p>@b @b')
    assert not found.named


def test_brackets_without_end_are_shown_as_they_were_written():
    assert "<a " in html("[" * (rendering.BRACKETS - 1) + "[x](https://example.org/)")
    assert "<a " not in html("[" * rendering.BRACKETS + "[x](https://example.org/)")


def test_code_beyond_a_limit_is_not_coloured():
    block = "```python\n" + "x = 1\n" * (code.COLOURED // 12 + 1) + "```\n"

    assert 'class="n"' in html(block)
    first, second = html(block + block).split("</pre>")[:2]
    assert 'class="n"' in first
    assert 'class="n"' not in second
    assert 'data-language="Python"' in second


def test_a_diff_says_what_came_and_what_went():
    found = html("```diff\n@@ -1 +1 @@\n-old\n+new\n same\n```")

    assert 'data-language="Diff"' in found
    assert '<span class="d">-old</span>\n<span class="i">+new</span>\n same' in found


def test_a_diff_of_one_long_line_is_no_more_than_it_is():
    found = html("```diff\n+" + "x" * 9000 + "\n```")

    assert len(found) < 9200


def test_the_marks_of_tasks_are_signs_where_the_text_is_shown_as_it_was_written():
    assert with_signs("- [x] a\n> - [ ] b\n1) [ ] c\nd - [x] e\n- [ ]\n- [y] f") == (
        "- ☑ a\n> - ☐ b\n1) ☐ c\nd - [x] e\n- [ ]\n- [y] f"
    )


def test_a_table_of_too_many_cells_is_none():
    row = "a|" * 8 + "\n"
    rows = blocks.CELLS // 8 - 2

    assert "<table" in html(row + "-|" * 8 + "\n" + row * (rows - 1))
    assert "<table" not in html(row + "-|" * 8 + "\n" + row * (rows + 1))


PIECES = [
    *"[]()*_`~<>!|\\&#-+=:@.\"' \n\ta1é😀", "\n\n", "> ", "- ", "1. ", "```\n", "~~~", "    ", "http://",
    "www.", "a@b.c", "![", "](", "[a]:", "<a ", "<!--", "|-", "&amp;", "**", "@alice", ":tada:", "\u200b",
    "\u0301", "\u202e", "，", "「", "中", "ผ", "ж", "~~", "@_", "@bob", "@__init__", "@here", "&#64;", "\\@",
    "https://example.org/a", "www.example.org", "中www.a.com", "C:\\", "\\\\a\\", "::skin-tone-3:",
    "- [ ] ", "\n- [x] a", "\n\n- [ ] a", "\n1. [x] @bob", "```diff\n", "\n+", "\n-", "@@ ",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_the_longest_of_anything_is_so_much_html_and_no_more(piece):
    text = (piece * BODY_LIMIT)[:BODY_LIMIT]

    found = render_markup(text, PEOPLE)

    most = rendering.GROWTH * BODY_LIMIT + rendering.GROWTH_BESIDES
    # What cleaning adds to a link, and a fold to a text.
    assert len(found.html) <= most * 2
    assert cleaned(found.html).count("<p") == found.html.count("<p")


@pytest.mark.parametrize("seed", range(200))
def test_any_mixture_is_rendered_and_clean(seed, caplog):
    chance = random.Random(seed)
    text = "".join(chance.choices(PIECES, k=chance.randint(1, 120)))

    found = html(text)

    assert "<" in found
    assert not caplog.records
    within = found.replace('<div class="fold">', "").replace(UNFOLD, "")
    assert cleaned(within) == within or "fold" in found


@pytest.mark.parametrize("seed", range(400))
def test_whatever_is_written_who_is_told_is_who_is_marked(seed):
    chance = random.Random(seed)
    text = "".join(chance.choices(PIECES, k=chance.randint(1, 60)))
    wanted = usernames_in(text)

    found = render_markup(text, {name: pk for name, pk in PEOPLE.items() if name in wanted})

    assert found == render_markup(text, PEOPLE)
    assert found.named == {int(pk) for pk in re.findall(r'data-person="(\d+)"', found.html)}
    assert bool(found.calls) == ("is-call" in found.html)
    shown = map(unescape, re.findall(r'<a href="(http[^"]*)"', found.html, re.IGNORECASE))
    assert found.links == tuple(dict.fromkeys(shown))


@pytest.mark.parametrize("seed", range(200))
def test_the_short_way_of_plain_text_leads_where_the_long_one_does(seed, monkeypatch):
    chance = random.Random(seed)
    pieces = [
        *"abc xyz ABC ,.;:!?'\"()%$€/+=…–-_ éß 中 ж 0 12 www. 😀，。「」",
        *"ก\u0e34हि‍👍🏽\u200b\u202e\u0301☃€£’（）", "@bob", " @alice", "@_b_", "b@c.de", " _中。_中",
    ]  # fmt: skip
    text = "".join(chance.choices(pieces, k=chance.randint(1, 40))).strip() or "a"
    short = render_markup(text, PEOPLE)

    with monkeypatch.context() as patched:
        patched.setattr(rendering, "is_plain", lambda text: False)
        assert render_markup(text, PEOPLE) == short
