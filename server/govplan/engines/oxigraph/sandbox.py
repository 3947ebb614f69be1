"""What a worker process may not do, said to the kernel: grow, overflow its stack, dump core, or open a network socket.

Limits inside native code hold only where the kernel enforces them: the engine has no timeout and no limit of its own.
"""

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path

# With the usual query_depth no query comes near this. Where an operator raises that, 64 KiB of any shape that was
# measured still fit, and what does not is an error of its own.
STACK_BYTES = 120 << 20

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | errno.EACCES
_LOAD, _EQUAL, _ABOVE, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_AF_UNIX = 1
_IO_URING_SETUP = 425
_X32 = 0x40000000
_STATM = Path("/proc/self/statm")
# machine → (architecture as the kernel names it, number of the system call `socket`)
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}


def limit(memory_bytes: int, file_bytes: int) -> None:
    """Limit data segment, core and file size of this process; a lower limit that is in force stays."""
    _lower(resource.RLIMIT_DATA, memory_bytes)
    _lower(resource.RLIMIT_FSIZE, file_bytes)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A write past the file limit shall be an error that is told, not a signal.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def deepen_stack() -> None:
    """Give the main thread, which evaluates, the stack it may need.

    To be called once the engine has started its own threads: each would reserve as much, out of the memory limit.
    """
    _lower(resource.RLIMIT_STACK, STACK_BYTES)


def _lower(kind: int, wanted: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def deadline(seconds: float) -> None:
    """Let the kernel end this process after so many seconds; 0 takes the deadline back.

    A handler in Python would not run before the engine returns, so the signal keeps its default: death.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds)


def forbid_network() -> bool:
    """Refuse this process every socket but Unix ones (EACCES); return whether the kernel took the filter.

    Only Linux on x86_64 and aarch64 can; elsewhere the scan of the query text is the only barrier.
    """
    machine = _MACHINES.get(platform.machine()) if sys.platform == "linux" else None
    if machine is None:
        return False
    library = ctypes.CDLL(None, use_errno=True)
    program = _program(*machine)
    code = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    wanted = Program(len(program) // 8, ctypes.addressof(code))
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(library.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(wanted), 0, 0) == 0)


def _program(architecture: int, socket_call: int) -> bytes:
    """Return the filter: deny foreign architectures, io_uring and sockets of any family but AF_UNIX; allow the rest.

    Each jump counts the instructions it skips if true and if false.
    """
    instructions = (
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, 7, architecture),
        (_LOAD, 0, 0, _NUMBER),
        (_ABOVE, 5, 0, _X32),
        (_EQUAL, 4, 0, _IO_URING_SETUP),
        (_EQUAL, 0, 2, socket_call),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 0, 1, _AF_UNIX),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _DENY),
    )
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)


def peak_bytes() -> int:
    """Return the most memory that this process had; Linux counts in that of whoever started it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def resident_bytes() -> int:
    """Return the resident memory of this process, 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        return int(_STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
