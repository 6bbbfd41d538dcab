"""Which process this is, so that a restarted one need not wait for the leases of its killed predecessor to run out."""

import os
import platform
from pathlib import Path

_BOOT, _NAMESPACE = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")


def name(nonce: str) -> str:
    """Where this process runs (boot and pid namespace, on Linux), its pid, and a nonce of its own."""
    return f"{_where()} {os.getpid()} {nonce}"


def is_dead(owner: str) -> bool:
    """Whether the process of this name is surely gone: same place, and its pid is free."""
    where, _, rest = owner.partition(" ")
    pid = rest.partition(" ")[0]
    if where != _where() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return False  # two in one process, as in tests: the other may be alive
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _where() -> str:
    try:
        return f"{_BOOT.read_text(encoding='ascii').strip()}/{_NAMESPACE.stat().st_ino}"
    except OSError:
        return platform.node().replace(" ", "-")
