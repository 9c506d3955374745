"""The index has the words that rooms/words.py makes of a message, in place of what a database makes of it.

A migration that makes SQLite write the table of messages anew drops its triggers: it has to call
`create_index` again. One that comes with a change of rooms/words.py has to call `fill`.
"""

from collections.abc import Iterator
from importlib import import_module

from django.db import migrations

from rooms.models.fields import WordsField
from rooms.words import indexed

before = import_module("rooms.migrations.0004_search")

# Messages that are read and written at once.
BATCH = 2000

# The words are compared as they are, so the tokenizer is to do nothing but part them at spaces. The index
# reads them from the messages, and keeps no second copy; results are not ranked, so it counts no words.
SQLITE = (
    "CREATE VIRTUAL TABLE rooms_message_words USING fts5("
    "words, content='rooms_message', content_rowid='id', tokenize='ascii', columnsize=0)",
    "CREATE TRIGGER rooms_message_words_new AFTER INSERT ON rooms_message BEGIN"
    " INSERT INTO rooms_message_words(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER rooms_message_words_gone AFTER DELETE ON rooms_message BEGIN"
    " INSERT INTO rooms_message_words(rooms_message_words, rowid, words)"
    " VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER rooms_message_words_changed AFTER UPDATE OF words ON rooms_message BEGIN"
    " INSERT INTO rooms_message_words(rooms_message_words, rowid, words)"
    " VALUES ('delete', old.id, old.words);"
    " INSERT INTO rooms_message_words(rowid, words) VALUES (new.id, new.words); END",
    "INSERT INTO rooms_message_words(rooms_message_words) VALUES ('rebuild')",
)
# Where the table was written anew before, its triggers are gone already.
SQLITE_BACK = (
    *(f"DROP TRIGGER IF EXISTS rooms_message_words_{when}" for when in ("new", "gone", "changed")),
    "DROP TABLE rooms_message_words",
)
POSTGRESQL = ("CREATE INDEX message_words ON rooms_message USING gin (words)",)
# By hand: Django would write all messages anew on SQLite for it, and drop what hangs on their table.
ADD = "ALTER TABLE rooms_message ADD COLUMN words {} DEFAULT '' NOT NULL"
REMOVE = "ALTER TABLE rooms_message DROP COLUMN words"

# Messages from before links were counted, and those whose link is written HTTP://, have links all the same.
COUNT_LINKS = """
UPDATE rooms_message
SET links = (length(html) - length(replace(lower(html), 'href="http', ''))) / length('href="http')
WHERE links = 0 AND lower(html) LIKE '%href="http%'
"""


def add_words(apps, schema_editor):
    drop_index(schema_editor, before.POSTGRESQL_BACK)
    schema_editor.execute(ADD.format("tsvector" if is_postgresql(schema_editor) else "text"), params=None)
    fill(apps, schema_editor)
    create_index(schema_editor)
    schema_editor.execute(COUNT_LINKS, params=None)


def remove_words(apps, schema_editor):
    drop_index(schema_editor, ("DROP INDEX message_words",))
    schema_editor.execute(REMOVE, params=None)
    before.index_words(apps, schema_editor)


def is_postgresql(schema_editor):
    return schema_editor.connection.vendor == "postgresql"


def create_index(schema_editor):
    for statement in POSTGRESQL if is_postgresql(schema_editor) else SQLITE:
        schema_editor.execute(statement, params=None)


def drop_index(schema_editor, postgresql):
    for statement in postgresql if is_postgresql(schema_editor) else SQLITE_BACK:
        schema_editor.execute(statement, params=None)


def fill(apps, schema_editor):
    """Give each message its words."""
    connection = schema_editor.connection
    field = apps.get_model("rooms", "Message")._meta.get_field("words")
    with connection.cursor() as cursor:
        for messages in batches(cursor):
            cursor.executemany(
                "UPDATE rooms_message SET words = %s WHERE id = %s",
                [(field.get_db_prep_value(indexed(body), connection), pk) for pk, body in messages],
            )


def batches(cursor) -> Iterator[list[tuple[int, str]]]:
    """The ids and texts of all messages that have a text, so many at a time."""
    last = 0
    while True:
        cursor.execute(
            "SELECT id, body FROM rooms_message WHERE id > %s AND body <> '' ORDER BY id LIMIT %s",
            [last, BATCH],
        )
        messages = cursor.fetchall()
        if not messages:
            return
        yield messages
        last = messages[-1][0]


class Migration(migrations.Migration):
    dependencies = [("rooms", "0008_messages_that_are_gone")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField("message", "words", WordsField(blank=True, default="", editable=False))
            ],
        ),
        migrations.RunPython(add_words, remove_words),
    ]
