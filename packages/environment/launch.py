"""Start a program that cannot outlive the process that asked for it.

Usage: launch.py --parent PID [--lock FILE [--wait SECONDS]] -- PROGRAM [ARGUMENT ...]

On Linux the kernel is told to kill the program when the parent's starting thread ends (PR_SET_PDEATHSIG), and this
process becomes the program (exec). Elsewhere this process stays, waits for its standard input to close, as it does when
the parent dies, and then kills the program. With --lock the program holds an exclusive flock on FILE for as long as it
lives; a lock that stays taken for --wait seconds ends with exit code 75.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h
EXIT_LOCKED = 75  # EX_TEMPFAIL of sysexits.h


def take_lock(path: str, wait_seconds: float) -> None:
    """Hold an exclusive lock on ``path`` for this process and whatever it becomes; exit 75 when it stays taken."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(descriptor, True)
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            if time.monotonic() >= deadline:
                sys.stderr.write(f"{path} is held by another process\n")
                sys.exit(EXIT_LOCKED)
            time.sleep(0.05)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process, and the program it becomes, when ``parent`` dies. Linux only."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # it died before the kernel knew
        sys.exit(1)


def watch_stdin(command: list[str]) -> int:
    """Run ``command`` as a child that shares our standard input's end: when that closes, the child is killed."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE)

    def pump() -> None:
        while chunk := os.read(0, 65536):
            if child.stdin is not None:
                child.stdin.write(chunk)
                child.stdin.flush()
        child.kill()

    threading.Thread(target=pump, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--lock")
    parser.add_argument("--wait", type=float, default=10.0)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if sys.platform == "linux":
        die_with_parent(arguments.parent)
    if arguments.lock is not None:
        take_lock(arguments.lock, arguments.wait)
    if sys.platform == "linux":
        os.execvp(command[0], command)
    return watch_stdin(command)


if __name__ == "__main__":
    sys.exit(main())
