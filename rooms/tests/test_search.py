"""`/search/`: what was said in one's own rooms, by its words and by who, where and when."""

import datetime
import re

import pytest
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms import access, search, word_index
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.rooms import create_room
from rooms.models import Message
from rooms.models.message import PAGE_SIZE
from rooms.tests.saying import closed_room, say

RESULT = re.compile(r'<li class="result">.*?</li>', re.DOTALL)


def found_by(client, query: str, **more) -> list[str]:
    """What the page shows for `query`."""
    response = client.get("/search/", {"q": query, **more})
    assert response.status_code == 200
    return RESULT.findall(response.content.decode())


def texts(client, query: str) -> list[str]:
    """The texts that were found, without their marks."""
    rows = found_by(client, query)
    return [re.sub(r"<[^>]+>", "", re.findall(r'class="result-text"[^>]*>(.*?)</p>', row)[0]) for row in rows]


def test_what_is_to_be_done_is_shown_by_its_sign(alice, client_of):
    say(alice, "general", "- [ ] Water the roses\n- [x] Call the gardener")

    (result,) = found_by(client_of(alice), "gardener")

    assert "- ☐ Water the roses\n- ☑ Call the <mark>gardener</mark>" in result


def test_finds_words_and_marks_them(alice, bob, client_of):
    message = say(bob, "general", "The Garden gate is open")
    say(bob, "general", "something else")

    (result,) = found_by(client_of(alice), "garden open")

    assert "The <mark>Garden</mark> gate is <mark>open</mark>" in result
    assert f'href="/rooms/general/history/?around={message.pk}#message-{message.pk}"' in result


def test_the_newest_is_first(alice, client_of):
    for text in ("apple one", "apple two", "apple three"):
        say(alice, "general", text)

    assert texts(client_of(alice), "apple") == ["apple three", "apple two", "apple one"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("CAFÉ", "the café"),
        ("deplo", "the deployment"),
        ('"gate is"', "the gate is open"),
        ("example", "see https://example.org/"),
        ("snake_case", "a snake_case name"),
        ("日本", "日本語"),
        ("über", "Über uns"),
    ],
)
def test_finds(alice, client_of, query, said):
    say(alice, "general", said)

    assert len(texts(client_of(alice), query)) == 1


# A word in each script, and its way of being written that a keyboard or a file system may choose.
WORDS = (
    "Straßenbahn", "café", "cafe\u0301", "Łódź", "smørrebrød", "đặt", "ısı", "İstanbul", "ﬁnance", "œuvre",
    "Ελλάδα", "ΟΔΥΣΣΕΎΣ", "ᾠδή", "ёлка", "район", "Україна", "հայերեն", "և", "საქართველო", "ᏣᎳᎩ",
    "أحمد", "آية", "مدرسة", "مُحَمَّد", "كتـــاب", "می\u200cخواهم", "עִבְרִית", 'צה"ל', "ܣܘܪܝܝܐ", "ދިވެހި",
    "हिन्दी", "বাংলা", "ਪੰਜਾਬੀ", "ગુજરાતી", "தமிழ்", "తెలుగు", "ಕನ್ನಡ", "മലയാളം", "සිංහල", "བོད་ཡིག",
    "አማርኛ", "ไม่ได้", "ສະບາຍດີ", "ខ្មែរ", "မြန်မာ", "ᠮᠣᠩᠭᠣᠯ", "ꆈꌠꉙ", "𞤆𞤵𞤤𞤢𞤪",
    "서울", "\u1109\u1165\u110b\u116e\u11af", "ㅋㅋㅋ", "ガラス", "カ\u3099ラス", "ｶﾞﾗｽ", "ひらがな", "病院",
    "豈", "𠮷野家", "々", "ㄅㄆㄇ", "ＦＡＸ", "①", "㌔", "x²", "٢٠٢٦", "२०२६", "Soft\u00adhyphen",
    "zero\u200bwidth", "bi\u202adi\u202c", "don’t", "donʼt", "v1.2.3", "snake_case", "C3PO", "🎉", "👍🏽",
    "👩\u200d💻", "❤️", "🇩🇪", "a" * 300, "字" * 200,
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_what_was_said_is_found_by_itself(alice, client_of, word):
    said = f"Before {word} after"
    say(alice, "general", said)
    say(alice, "general", "something else")

    (row,) = found_by(client_of(alice), word)

    assert "<mark>" in row


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("strasse", "STRAẞE"),
        ("lodz", "Łódź"),
        ("smorrebrod", "Smørrebrød"),
        ("istanbul", "İSTANBUL"),
        ("oeuvre", "Œuvre"),
        ("Οδυσσευς", "ΟΔΥΣΣΕΎΣ"),
        ("елка", "ЁЛКА"),
        ("احمد", "أحمد"),
        ("محمد", "مُحَمَّد"),
        ("كتاب", "كتـــاب"),
        ("مدرسه", "مدرسة"),
        ("علي", "على"),
        ("میخواهم", "می\u200cخواهم"),
        ("עברית", "עִבְרִית"),
        ("ガラス", "ｶﾞﾗｽ"),
        ("서울", "\u1109\u1165\u110b\u116e\u11af"),
        ("fax", "ＦＡＸ"),
        ("2026", "٢٠٢٦"),
        ("2026", "२०२६"),
        ("softhyphen", "soft\u00adhyphen"),
        ("don't", "don’t"),
        ("👍", "👍🏽"),
    ],
)
def test_one_word_in_two_spellings(alice, client_of, query, said):
    say(alice, "general", said)
    say(alice, "general", query)

    client = client_of(alice)

    assert len(found_by(client, query)) == len(found_by(client, said)) == 2


@pytest.mark.parametrize(
    ("query", "said", "marked"),
    [
        ("機能", "病院は機能していない", "機能"),
        ("病", "病院は機能していない", "病"),
        ("い", "病院は機能していない", "い"),
        ("爸爸", "我的爸爸肚子很餓了", "爸爸"),
        ("餓了", "我的爸爸肚子很餓了", "餓了"),
        ("了", "我的爸爸肚子很餓了", "了"),
        ("ภาษา", "ฉันพูดภาษาไทย", "ภาษา"),
        ("ລາວ", "ພາສາລາວແມ່ນ", "ລາວ"),
        ("ភាសា", "ខ្ញុំនិយាយភាសាខ្មែរ", "ភាសា"),
        ("စကား", "မြန်မာစကားပြော", "စကား"),
        ("대학교", "서울대학교에서", "대학교"),
        ("ラス", "窓ガラスを", "ラス"),
        ("ガラス", "窓ｶﾞﾗｽを", "ｶﾞﾗｽ"),
        ("github日本", "GitHub日本語", "日本"),
        ("bob", "请bob看一下", "bob"),
        ("1.2.3", "version v1.2.3 is out", "2"),
        ("Bahn", "die Bahnhöfe", "Bahnhöfe"),
        ("uber", "U\u0308ber uns", "U\u0308ber"),
    ],
)
def test_a_part_is_found_and_marked(alice, client_of, query, said, marked):
    say(alice, "general", said)

    (row,) = found_by(client_of(alice), query)

    assert f"<mark>{marked}</mark>" in row


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("機能", "能機と機と能"),
        ("病院機能", "病院は機能していない"),
        ("カラス", "ガラス"),
        ("ไม้", "ไม่"),
        ("bahn", "Straßenbahn"),
        ('"爸爸 肚"', "我的爸爸很 肚子"),
        ("한국어", "한국 어제"),
        ("👎", "👍"),
    ],
)
def test_nothing_more_is_found(alice, client_of, query, said):
    say(alice, "general", said)

    assert found_by(client_of(alice), query) == []


def test_a_changed_message_is_found_by_what_it_says(alice, client_of):
    message = say(alice, "general", "我的爸爸")
    edit_message(access.membership(alice.pk, "general"), message, "Straßenbahn", edit_state(message))
    client = client_of(alice)

    assert (texts(client, "爸爸"), texts(client, "strassenbahn")) == ([], ["Straßenbahn"])


def test_whatever_stores_a_text_stores_its_words(alice, client_of):
    one, two, three = (say(alice, "general", text) for text in ("one", "two", "three"))
    one.body = "ガラス"
    one.save()
    two.body = "爸爸"
    two.save(update_fields=["body"])
    Message.objects.filter(pk=three.pk).update(body="ไทย")
    client = client_of(alice)

    assert [len(texts(client, query)) for query in ("one", "two", "three")] == [0, 0, 0]
    assert [len(texts(client, query)) for query in ("ガラス", "爸爸", "ไทย")] == [1, 1, 1]


@pytest.mark.parametrize(
    "query",
    [
        "tea -milk", "tea －milk", "-milk tea", "tea -MILK", 'tea -"with milk"', "tea -with -sugar",
        "tea -from:bob", "from:alice -milk", "tea -from:bob -milk", "tea -from:nobody -milk",
        "tea -has:link -milk", "in:general tea -in:cellar -milk",
    ],
)  # fmt: skip
def test_leaves_out(alice, bob, client_of, query):
    create_room(alice, "cellar")
    say(alice, "general", "tea, black")
    say(bob, "general", "tea with milk https://example.org")

    assert texts(client_of(alice), query) == ["tea, black"]


def test_what_only_leaves_out_is_no_question(alice, client_of):
    say(alice, "general", "tea, black")
    client = client_of(alice)

    for query, sentence in (("-milk", search.ONLY_LEAVES_OUT), ("?!", search.NO_WORD)):
        page = client.get("/search/", {"q": query}).content.decode()
        assert str(sentence) in page
        assert "Nothing was found" not in page


def test_it_goes_on_where_the_last_of_a_page_has_gone_with_its_room(alice, client_of):
    create_room(alice, "garden")
    say(alice, "general", "tea, black")
    gone = say(alice, "garden", "tea, green")
    say(alice, "general", "tea, white")
    Message.objects.filter(pk=gone.pk).delete()

    page = client_of(alice).get("/search/", {"q": "tea", "before": gone.pk}).content.decode()
    assert ", black" in page
    assert ", white" not in page


def test_a_word_with_a_hyphen_leaves_nothing_out(alice, client_of):
    say(alice, "general", "a well-known word - and more")

    assert len(texts(client_of(alice), "well-known - more")) == 1


def test_more_words_than_count_are_said(alice, client_of):
    query = " ".join(f"w{number}x" for number in range(search.WORDS_LIMIT + 1))

    assert (
        search.TOO_MANY % {"number": search.WORDS_LIMIT}
        in client_of(alice).get("/search/", {"q": query}).content.decode()
    )


@pytest.mark.parametrize("query", ["from：bob", "“his word”", "before：２０９９－01－01 from：bob"])
def test_as_keyboards_write_it(alice, bob, client_of, query):
    say(alice, "general", "his own word")
    say(bob, "general", "his word")

    assert texts(client_of(alice), query) == ["his word"]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("Élodie Müller", 'from:"élodie müller"'),
        ("Élodie Müller", 'from:"ELODIE MULLER"'),
        ("Дмитрий", "from:дмитрий"),
        ("王小明", "from:王小明"),
        ("Ｂｏ", "from:bo"),
        ("Élodie", "from:elodie"),
        ("Elodie", "from:Élodie"),
    ],
)
def test_by_whom_in_whatever_letters(alice, person, client_of, name, query):
    somebody = person("somebody", display_name=name)
    say(somebody, "general", "hers")
    say(alice, "general", "mine")

    assert texts(client_of(alice), query) == ["hers"]


@pytest.mark.parametrize("query", ['from:""', "from:\u200b"])
def test_no_name_is_nobodys(alice, client_of, query):
    say(alice, "general", "mine")

    assert texts(client_of(alice), query) == []


@pytest.mark.parametrize("query", ["in:Übung", "in:übung", "in:ubung", 'in:"ÜBUNG"'])
def test_in_which_room_in_whatever_letters(alice, client_of, query):
    room = create_room(alice, "Übung")
    say(alice, room.slug, "here")
    say(alice, "general", "there")

    assert texts(client_of(alice), query) == ["here"]


def test_a_day_begins_when_it_does_for_who_asks(alice, client_of):
    alice.time_zone = "Asia/Tokyo"
    alice.save()
    message = say(alice, "general", "late apple")
    at = datetime.datetime(2026, 5, 1, 23, 30, tzinfo=datetime.UTC)
    Message.objects.filter(pk=message.pk).update(posted_at=at)
    client = client_of(alice)

    assert texts(client, "before:2026-05-03") == texts(client, "after:2026-05-02") == ["late apple"]
    assert texts(client, "before:2026-05-02") == texts(client, "after:2026-05-03") == []


@pytest.mark.parametrize(
    "query", ['"is gate"', "open closed", "zebra", "from:bob gate", "has:file", "has:link"]
)
def test_does_not_find(alice, bob, client_of, query):
    say(alice, "general", "the gate is open")

    assert texts(client_of(alice), query) == []


def test_by_whom(alice, bob, client_of):
    bob.display_name = "Bo Berg"
    bob.save()
    say(alice, "general", "mine")
    say(bob, "general", "his")
    client = client_of(alice)

    assert (
        texts(client, "from:bob") == texts(client, 'from:"bo berg"') == texts(client, "FROM:@Bob") == ["his"]
    )


def test_in_which_room(alice, client_of):
    create_room(alice, "The garden")
    say(alice, "general", "apple here")
    say(alice, "the-garden", "apple there")
    client = client_of(alice)

    assert texts(client, "in:the-garden apple") == texts(client, 'in:"the garden"') == ["apple there"]


def test_since_and_until_when(alice, client_of):
    for day in (1, 2, 3):
        message = say(alice, "general", f"on the {day}.")
        Message.objects.filter(pk=message.pk).update(
            posted_at=datetime.datetime(2026, 5, day, 12, tzinfo=datetime.UTC)
        )
    client = client_of(alice)

    assert texts(client, "before:2026-05-02") == ["on the 1."]
    assert texts(client, "after:2026-05-02 on") == ["on the 3.", "on the 2."]
    assert texts(client, "after:2026-05-02 before:2026-05-03") == ["on the 2."]
    assert texts(client, "after:2027-01-01") == []


def test_with_a_link(alice, client_of):
    say(alice, "general", "see https://example.org/page")
    say(alice, "general", "see HTTP://EXAMPLE.ORG/B")
    say(alice, "general", "see nothing, or write to bob@example.org")

    assert texts(client_of(alice), "has:link see") == [
        "see HTTP://EXAMPLE.ORG/B", "see https://example.org/page",
    ]  # fmt: skip


def test_not_in_rooms_of_others(alice, bob, client_of):
    closed_room(alice, "board")
    create_room(alice, "open room")
    say(alice, "board", "the secret")
    say(alice, "open-room", "no secret, but not joined")

    assert texts(client_of(bob), "secret") == texts(client_of(bob), "in:board secret") == []
    assert len(texts(client_of(alice), "secret")) == 2


def test_not_what_was_deleted(alice, client_of):
    message = say(alice, "general", "regretted words")

    remove_message(message)

    assert texts(client_of(alice), "regretted") == []


def test_goes_on_further_back(alice, client_of):
    for number in range(PAGE_SIZE + 3):
        say(alice, "general", f"apple {number}")
    client = client_of(alice)

    first = found_by(client, "apple")
    page = client.get("/search/", {"q": "apple"}).content.decode()
    before = re.findall(r"&amp;before=(\d+)", page)[0]
    rest = found_by(client, "apple", before=before)

    assert (len(first), len(rest)) == (PAGE_SIZE, 3)
    assert not set(first) & set(rest)
    assert "Further back" not in client.get("/search/", {"q": "apple", "before": before}).content.decode()


@pytest.mark.parametrize("window", [2000, 60, 20])
def test_what_has_later_ids_and_was_said_before_is_found_once(alice, client_of, monkeypatch, window):
    """In the order of its times, where not more than a window has the word; else in that of the ids."""
    monkeypatch.setattr(word_index, "WINDOW_SIZE", window)
    day = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
    for number in range(59):
        message = say(alice, "general", f"apple {number}")
        # Two of each time.
        Message.objects.filter(pk=message.pk).update(posted_at=day - datetime.timedelta(days=number // 2))
    client = client_of(alice)

    found: list[str] = []
    before: dict[str, str] = {}
    while page := client.get("/search/", {"q": "apple"} | before).content.decode():
        found += re.findall(r"apple</mark> (\d+)", page)
        if not (older := re.findall(r"&amp;before=(\d+)", page)):
            break
        before = {"before": older[0]}

    by_time = sorted(range(59), key=lambda number: (number // 2, -number))
    assert [int(number) for number in found] == (by_time if window > 59 else [*range(58, -1, -1)])


@pytest.mark.parametrize("read", [(1, 2), (3, 9), (50, 100)])
@pytest.mark.parametrize("window", [2, 7, 2000])
def test_it_is_found_however_it_is_looked_for(alice, monkeypatch, read, window):
    """Often lately, often long ago, here and there, and once: as many, in the same order."""
    kinds = {
        "lately": range(25, 40), "once": range(15), "here": range(0, 40, 7), "single": [11], "all": range(40)
    }  # fmt: skip
    ids = [
        say(alice, "general", " ".join(word for word, those in kinds.items() if number in those)).pk
        for number in range(40)
    ]
    monkeypatch.setattr(word_index, "WINDOW_SIZE", window)
    monkeypatch.setattr(word_index, "READ_FIRST", read[0])
    monkeypatch.setattr(word_index, "READ_THEN", read[1])

    for word, those in kinds.items():
        (phrase,) = search.parse_query(word).wanted.phrases
        until, found = word_index.BEYOND_ALL_IDS, []
        while part := word_index.newest_matches([phrase], [], Message.objects.all(), until):
            found += part
            until = part[-1]
        assert found == [ids[number] for number in reversed(those)], word


def test_what_others_said_does_not_hide_ones_own(alice, bob, client_of, monkeypatch):
    say(bob, "general", "apple of mine")
    closed_room(alice, "board")
    monkeypatch.setattr(word_index, "WINDOW_SIZE", 2)
    for number in range(9):
        say(alice, "board", f"apple {number}")
    client = client_of(bob)

    page = client.get("/search/", {"q": "apple"}).content.decode()
    before = re.findall(r"&amp;before=(\d+)", page)[0]

    assert "Nothing yet." in page
    assert [*texts(client, "apple"), *found_by(client, "apple", before=before)]


@pytest.mark.parametrize(
    "query",
    [
        "", " ", '"', '""', "*", "^", "a*", "NEAR(a b)", "a AND", "OR", "NOT", "(", "body:x", "-a", "a:b:c",
        "from:", "in:", "before:", "before:yesterday", "after:2026-13-45", "after:0001-01-01",
        "before:9999-12-31", "has:", "has:cake", '\x00', "'; DROP TABLE rooms_message; --", "a" * 5000,
        "a " * 3000, "from:a " * 60, "%", "_", "\\", "!", "a & b | !c <-> d", ":*", "🎉", "from:🎉", '\u202e',
        "½", "ﬁ", "İ",
    ],
)  # fmt: skip
def test_no_input_fails(alice, client_of, query):
    say(alice, "general", "a b c 🎉")

    assert client_of(alice).get("/search/", {"q": query}).status_code == 200
    assert client_of(alice).get("/search/", {"q": f"b {query}", "before": query}).status_code == 200


def test_what_was_not_understood_is_said(alice, client_of):
    page = client_of(alice).get("/search/", {"q": "before:soon has:cake from:zoe x"}).content.decode()

    assert "“soon” is not a date" in page
    assert "has:file and has:link" in page
    assert "Nobody is called zoe." in page


def test_hostile_words_are_words(alice, client_of):
    say(alice, "general", "<script>alert(1)</script> & <b>apple</b>")

    (result,) = found_by(client_of(alice), "apple script")

    assert "&lt;<mark>script</mark>&gt;alert(1)" in result
    assert "<script" not in result


def test_a_word_far_into_a_long_text_is_shown(alice, client_of):
    say(alice, "general", "x " * 1000 + "needle " + "y " * 1000)

    (text,) = texts(client_of(alice), "needle")

    assert "needle" in text
    assert len(text) < 2 * search.EXCERPT


@pytest.mark.parametrize("sign", ["👩\u200d👩\u200d👧", "e\u0301\u0302", "👍🏽", "각"])
@pytest.mark.parametrize("shift", range(3))
def test_no_visible_character_is_cut_through(alice, client_of, sign, shift):
    say(alice, "general", f"{sign * 200}{'x' * shift} needle {sign * 200}")

    (text,) = texts(client_of(alice), "needle")
    before, after = text.strip("… ").split("needle")

    assert re.fullmatch(f"({sign})+x{{{shift}}} ", before)
    assert re.fullmatch(f" ({sign})+", after)


def test_signed_out_is_led_to_the_entrance(db, client):
    assert client.get("/search/", {"q": "x"}).status_code == 302


@pytest.mark.parametrize("count", [1, 120])
def test_a_search_is_so_many_queries(alice, client_of, django_assert_num_queries, count):
    for number in range(count):
        say(alice, "general", f"apple {number} https://example.org")
    alone = {"q": "!"}
    asked = {"q": "apple from:alice in:general has:link after:2020-01-01 before:2999-01-01"}
    client = client_of(alice)
    with CaptureQueriesContext(connection) as empty:
        client.get("/search/", alone)

    # Who that is, which rooms, the index, the messages, and what their rooms are called; PostgreSQL is asked
    # which message is the last.
    count_of_last = 1 if connection.vendor == "postgresql" else 0
    with django_assert_num_queries(len(empty) + 5 + count_of_last):
        client.get("/search/", asked)


def test_a_fixture_of_one_database_is_found_in_another(alice, client_of):
    say(alice, "general", "我的爸爸")
    fixture = serializers.serialize("json", Message.objects.all())
    Message.objects.all().delete()

    for one in serializers.deserialize("json", fixture):
        one.save()

    assert '"我的 的爸 爸爸 爸"' in fixture
    assert texts(client_of(alice), "爸爸") == ["我的爸爸"]
