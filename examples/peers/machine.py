"""The machine that was measured, in words: what a number means nothing without."""

import datetime
import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from scratch.compiling.compiler import has_feature

PACKAGES = ("numpy", "scipy", "numba", "tensorflow", "tf-keras", "keras", "torch", "jax")


def usable_cores():
    """Return how many CPUs this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_model():
    """Return the processor's name and, where there is one, the number of its family: many share a name."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        told = ""
    name, family = (re.search(rf"^{key}\s*:\s*(.*)$", told, re.MULTILINE) for key in ("model name", "cpu family"))
    words = name.group(1).strip() if name else platform.processor() or platform.machine()
    return f"{words} (family {family.group(1)})" if family else words


def vectors():
    """Return the name of the widest registers that Numba compiles for, of those that this engine has tiles for."""
    features = {"AVX-512": "avx512f", "AVX2": "avx2"}
    return next((name for name, feature in features.items() if has_feature(feature)), "no AVX2")


def memory_gib():
    """Return the machine's memory, or ``None`` where it does not tell."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None


def versions():
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def describe_machine(threads):
    return {
        "cpu": cpu_model(),
        "cores": usable_cores(),
        "vectors": vectors(),
        "threads": threads,
        "memory_gib": memory_gib(),
        "system": platform.platform(),
        "versions": versions(),
        "date": datetime.date.today().isoformat(),
    }


def machine_lines(machine):
    """Return the description in two lines for people."""
    memory = f", {machine['memory_gib']} GiB" if machine["memory_gib"] else ""
    return [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['vectors']}{memory}, {machine['threads']} threads; "
        f"{machine['system']}; {machine['date']}",
        ", ".join(f"{name} {number}" for name, number in machine["versions"].items()),
    ]
