"""The chat of the Channels tutorial, with a fragment rendered for each recipient, as htmx needs it."""
