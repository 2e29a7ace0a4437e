"""The largest resident set of this process."""

import resource
import sys
from pathlib import Path


def peak_bytes():
    """Bytes. Not those of getrusage on Linux: bench/harness/peak.ts says why."""
    if sys.platform == "linux":
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    # Kilobytes, and bytes on macOS.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
