"""Sockets: who is connected, and how a fragment reaches them. Knows no chat.

consumers       one class a kind of page: what a socket may say and which groups it joins
admission       who is let in and who is not, for all that wait together
server_process  what one server process runs while it holds sockets: its lease, its look, its pulse
hub             groups of local sockets, and the fan-out to them
bus             the Channels layer: one channel a process, what is told to all of them
hooks           what the process does with each kind of event
sequence        groups whose changes are numbered, so that a gap is noticed and filled
presence        who is here, read from the rows and told as arrivals and departures
sessions        from the cookie of a handshake to a person, and whether that still holds
limits          how fast a socket may speak, and how often a person may do something
circuit         what to do without while Redis or the database is away
shared_frames   a frame that is encoded once for everybody
waiting         what waits for one connection, in little memory
actions         the rows: a socket opened, closed, a lease renewed
"""
