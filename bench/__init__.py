"""The measurements behind every number that Parley states. `bin/bench` runs them.

__main__    one run: the sections of the report, one after the other, and the text around them
sections    what is measured, in which order
house       an empty Parley filled with people, rooms and messages; its cookies and its row
simulate    several processes, and what each costs the others (bin/simulate)
furnish     the filling, in a process of its own
servers     what is measured: each server, started on one core, and stopped
generator   the load generator (loadgen.c): compiled, run on the other core, calibrated
fanout      sockets: deliveries, latency, memory, a stuck reader
pages       requests: pages beside bare views of the same bytes
ledger      message by message: what was said, stored, and seen on pages, also when the server is killed
packing     what a page weighs on its way, packed or not, and what packing it costs
browser     the page of a room in Chromium: paint, bytes, what a message costs its main thread
report      medians, tables, ratios, as Markdown
machine     what all of this ran on

Under the load: `unstored` (Parley's sockets, storing nothing), `at_once` (joining nothing), `tutorial` (the
consumer of the Channels tutorial), `bare` (ASGI and nothing else), `bare_views` (Django and nothing else),
and peers/ (Node, and Bun).
"""
