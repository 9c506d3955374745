"""Rooms by HTTP: each address is a page, and to htmx the part of it that changes."""
