"""What of live hears of its own events: by their kind, in one list."""

from live import broadcasts, bus, server_process

bus.on("fragment", server_process.on_fragment)
bus.on("echo", server_process.on_echo)
bus.on("look", server_process.on_look)
bus.on("close_session", server_process.on_close_session)
bus.on("recheck_person", server_process.on_recheck_person)
bus.on("close_place", server_process.on_close_place)
bus.on("connections", broadcasts.on_connections)
