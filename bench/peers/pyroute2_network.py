"""dump links|addresses|routes COUNT RUNS, or add-routes LINK COUNT: with pyroute2, in this network namespace.

Prints START END in nanoseconds; for dump one duration for each run follows.
"""

import sys
import time

from pyroute2 import IPRoute


def dump(ipr, table, count, runs):
    read = {"links": ipr.get_links, "addresses": ipr.get_addr, "routes": ipr.get_routes}[table]
    stamps = [time.monotonic_ns()]
    for _ in range(runs):
        entries = list(read())
        if len(entries) < count:
            sys.exit(f"{len(entries)} are too few")
        stamps.append(time.monotonic_ns())
    print(stamps[0], stamps[-1])
    for before, after in zip(stamps, stamps[1:]):
        print(after - before)


def add_routes(ipr, link, count):
    (index,) = ipr.link_lookup(ifname=link)
    start = time.monotonic_ns()
    for i in range(count):
        ipr.route("add", dst=f"10.{i >> 8}.{i & 255}.0/24", oif=index, scope=253)
    print(start, time.monotonic_ns())


with IPRoute() as ipr:
    if sys.argv[1] == "dump":
        dump(ipr, sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        add_routes(ipr, sys.argv[2], int(sys.argv[3]))
