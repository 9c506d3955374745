"""What of accounts hears of what happens in `live`: all that is hung up there, in one list."""

from accounts import broadcasts, consumers, guests, names, statuses
from live import away, bus, sequence, server_process

# Numbered groups.
sequence.register(bus.EVERYONE, names.NamesChangeLog())

# Events, by their kind.
server_process.handlers[broadcasts.PERSON_NEWS] = broadcasts.on_person_news
server_process.handlers[broadcasts.PERSON_PLACED] = broadcasts.on_person_placed

# Once a second.
server_process.tickers.append(names.follow_up)
server_process.tickers.append(statuses.tick)
server_process.tickers.append(away.tick)
server_process.tickers.append(guests.tick)
server_process.tickers.append(broadcasts.tell_number)

# A page that has come or returned.
consumers.on_resume.append(statuses.bring_statuses)

# People who come and go, and who are called otherwise.
server_process.arrival_listeners.append(broadcasts.people_came_and_went)
server_process.arrival_listeners.append(guests.people_came_and_went)
names.on_new_names.append(names.say_again)
