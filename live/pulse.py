"""The regular sign of life by which a page notices that its line is dead."""

# How often a page hears from us, seconds. Where two in a row stay away the page takes a new line
# (static/css/notices.css): 9 s after the last, and within 10 of the loss.
PULSE_INTERVAL = 4

# Another element than the page has at first: whoever waits until a page hears what is said can tell.
PULSE = '<hx-partial hx-target="#pulse" hx-swap="innerHTML"><span></span></hx-partial>'
