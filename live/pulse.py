"""The regular sign of life by which a page notices that it is cut off."""

# How often a page hears from us, seconds; static/css/notices.css shows "Connection lost" when
# two in a row stay away.
PULSE_INTERVAL = 5

PULSE = (
    '<hx-partial hx-target="#pulse" hx-swap="innerHTML">'
    "<span>Connection lost. What you write is sent when it is back.</span></hx-partial>"
)
