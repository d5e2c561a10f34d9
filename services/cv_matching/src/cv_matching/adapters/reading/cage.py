"""What the reading process may still do once it has the file: compute, and answer.

Limits on memory, time and files come from the kernel's rlimits; a seccomp filter then lets no call through
that opens, connects, starts or signals anything: a file that takes the process over finds nothing to take.
Source: seccomp(2), prctl(2); numbers of the calls: the kernel's syscall tables for x86_64 and aarch64.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from contextlib import suppress

MAX_OPEN_FILES = 64

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1
_KILL = 0x80000000

_ALLOWED = {
    "x86_64": (
        0xC000003E,
        # read write close fstat poll lseek mmap mprotect munmap brk rt_sig* sched_yield mremap madvise getpid
        *(0, 1, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 28, 39),
        # exit gettimeofday getrusage sigaltstack gettid time futex sched_getaffinity restart_syscall
        *(60, 96, 98, 131, 186, 201, 202, 204, 219),
        # clock_gettime clock_getres exit_group set_robust_list getrandom rseq
        *(228, 229, 231, 273, 318, 334),
    ),
    "aarch64": (
        0xC00000B7,
        *(63, 64, 57, 80, 73, 62, 222, 226, 215, 214, 134, 135, 139, 124, 216, 233, 172),
        *(93, 169, 165, 132, 178, 98, 123, 128, 113, 114, 94, 99, 278, 293),
    ),
}


def limit(memory_mib: int, seconds: int, parent: int) -> bool:
    """Before anything is read. The first process to go when memory runs out, and when the service dies.

    False where a limit can't be set. A lower one of the machine's own stays as it is.
    """
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")
    memory = memory_mib * 1024 * 1024
    kept = True
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
    ):
        kept = kept and _set(what, most)
    with suppress(OSError, AttributeError):
        os.nice(10)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit("The service is gone.")
    return kept


def _set(what: int, most: int) -> bool:
    hard = resource.getrlimit(what)[1]
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(what, (least, least))
    except (ValueError, OSError):
        return False
    return True


def close_the_door() -> bool:
    """No file, connection, process or signal from here on; False where the kernel can't do that."""
    allowed = _ALLOWED.get(platform.machine())
    if sys.platform != "linux" or allowed is None:
        return False
    filters = _program(*allowed)
    code = ctypes.create_string_buffer(filters, len(filters))
    program = struct.pack("HxxxxxxP", len(filters) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0) == 0)


def _program(machine: int, *calls: int) -> bytes:
    """Another machine's way of calling kills; a call that is not on the list is refused with EPERM."""

    def step(code: int, value: int, hit: int = 0, miss: int = 0) -> bytes:
        return struct.pack("HBBI", code, hit, miss, value)

    steps = [step(_LOAD, 4), step(_EQUAL, machine, 1), step(_RETURN, _KILL), step(_LOAD, 0)]
    steps += [step(_EQUAL, call, len(calls) - at) for at, call in enumerate(calls)]
    return b"".join([*steps, step(_RETURN, _REFUSE), step(_RETURN, _ALLOW)])
