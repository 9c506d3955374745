"""All of a site in one file: its database, of whatever kind, and what is stored beside it.

Such a file is a zip: `tables/` with a list of values a line for each row, `files/` as they are stored, and
`backup.json`, which says what is in it. Nothing in it is of one kind of database, so a site moves from SQLite
to PostgreSQL, and back, by a backup and its return.
"""
