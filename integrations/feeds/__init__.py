"""Feeds of the web (RSS, Atom) and calendars (iCal), of which is said in rooms what is new."""
