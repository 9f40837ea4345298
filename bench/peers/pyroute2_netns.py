"""create|delete COUNT: named network namespaces b0, b1, ... with pyroute2; prints START END in nanoseconds."""

import sys
import time

from pyroute2 import netns

action = {"create": netns.create, "delete": netns.remove}[sys.argv[1]]
start = time.monotonic_ns()
for i in range(int(sys.argv[2])):
    action(f"b{i}")
print(start, time.monotonic_ns())
