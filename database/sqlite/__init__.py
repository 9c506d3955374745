"""Django's backend for SQLite, which turns the text of a query into SQLite's own once."""
