"""What of live hears of its own events: by their kind, in one list."""

from live import broadcasts, server_process

server_process.handlers["fragment"] = server_process.on_fragment
server_process.handlers["echo"] = server_process.on_echo
server_process.handlers["look"] = server_process.on_look
server_process.handlers["close_session"] = server_process.on_close_session
server_process.handlers["recheck_person"] = server_process.on_recheck_person
server_process.handlers["close_place"] = server_process.on_close_place
# What processes of an older version say of sockets that came or ended, while a new one is put in their place.
server_process.handlers["connections"] = server_process.on_look

# Sockets that came or ended.
server_process.connection_listeners.append(broadcasts.show_log)
