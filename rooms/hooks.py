"""What of rooms hears of what happens in `live` and `accounts`: all that is hung up there, in one list."""

from accounts import archive as accounts_archive
from accounts import clearing, consumers, names
from live import sequence, server_process
from rooms import broadcasts, events, tasks, upload_progress
from rooms.actions import archive, former_members
from rooms.actions.link_previews import links_found
from rooms.actions.removals import removal_asked
from rooms.changelog import RoomChangeLog
from rooms.unread import hearing, titles

# Numbered groups.
sequence.register("room", RoomChangeLog())

# Events, by their kind.
server_process.handlers[events.POSTED] = hearing.on_posted
server_process.handlers[events.CEASED] = hearing.on_ceased
server_process.handlers[events.READ] = hearing.on_read
server_process.handlers[events.MARKED_UNREAD] = hearing.on_marked_unread
server_process.handlers[events.ROOMS_CHANGED] = hearing.on_rooms_changed
server_process.handlers[events.THREADS_CHANGED] = hearing.on_threads_changed
server_process.handlers[events.UPLOADING] = upload_progress.on_uploading

# Once a second, in this order.
server_process.tickers.append(titles.write_titles)
server_process.tickers.append(hearing.tick)

# A page that has come or returned.
consumers.on_resume.append(hearing.bring_badges)

# People who come and go, and who are called otherwise.
server_process.arrival_listeners.append(broadcasts.people_came_and_went)
names.on_new_names.append(broadcasts.show_new_names)
names.on_new_names.append(hearing.take_new_names)

# Messages with links, and those that are to go.
links_found.connect(tasks.look_behind_links)
removal_asked.connect(tasks.let_remove)

# What people wrote, for themselves; and what those leave who leave for good.
accounts_archive.sizes.append(archive.size_of)
accounts_archive.parts.append(archive.write)
clearing.steps.append(former_members.clear)
