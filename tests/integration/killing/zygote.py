"""A process that has imported the services already: a service that was killed stands again within 0.1 s.

Run as ``python zygote.py calling.main gateway.main ...``. It says ``ready``; then each line on its input is
an order ``{"main": "calling.main", "environment": {...}, "log": "..."}``, answered with the pid of the
process that was forked for it. Such a process is like one started by itself: nothing ran before the fork.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

from chassis.servers import end_with_parent


def main() -> None:
    for name in sys.argv[1:]:
        importlib.import_module(name)
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        raise SystemExit(f"{threads} threads after importing: they would be missing in a forked process")
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who was killed is buried at once
    print("ready", flush=True)
    while line := sys.stdin.readline():
        order = json.loads(line)
        prepare = end_with_parent()
        pid = os.fork()
        if pid == 0:
            _become(order, prepare)
        print(pid, flush=True)


def _become(order: dict[str, Any], prepare: Any) -> None:
    """Never returns. Input and output are its own, so that it can't answer in the zygote's place."""
    code = 1
    try:
        prepare()
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        os.environ.update(order["environment"])
        random.seed()
        importlib.import_module(order["main"]).main()
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
