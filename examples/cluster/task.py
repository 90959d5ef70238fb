"""Which worker this process is, as the variable ``TF_CONFIG`` says it to every program of TensorFlow's."""

import json
import socket
import sys

from cluster import WORKERS


def is_chief(config):
    """Return whether the text ``config`` calls this worker the chief or, where it calls none so, the first worker.

    Ends the process where it describes no cluster that the files and the batches can be dealt out to.
    """
    try:
        described = json.loads(config)
        kind, index = described["task"]["type"], int(described["task"]["index"])
        named = {kind: list(map(str, addresses)) for kind, addresses in described["cluster"].items()}
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        sys.exit(f"TF_CONFIG must be JSON with a cluster and a task, but is {config!r}")
    cluster = {kind: len(addresses) for kind, addresses in named.items()}
    if not cluster.keys() <= {"chief", "worker"} or sum(cluster.values()) not in WORKERS:
        counts = ", ".join(map(str, WORKERS))
        sys.exit(f"TF_CONFIG must have a chief, or none, and workers, {counts} in all, but has {cluster}")
    if not 0 <= index < cluster.get(kind, 0):
        sys.exit(f"TF_CONFIG must have a task of its cluster, {cluster}, but has {kind} number {index}")
    check_addresses([address for addresses in named.values() for address in addresses])
    return kind == "chief" or ("chief" not in cluster and index == 0)


def check_addresses(addresses):
    """End the process where an address is none, is that of two workers, or has a name that no machine has.

    TensorFlow would wait for such a worker, and say nothing.
    """
    for number, address in enumerate(addresses):
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port[:6]) < 2**16:
            sys.exit(f"TF_CONFIG must have addresses such as 127.0.0.1:2222, but has {address!r}")
        if address in addresses[:number]:
            sys.exit(f"TF_CONFIG must have an address of its own for each worker, but has {address} twice")
        try:
            socket.getaddrinfo(host.strip("[]"), int(port))
        except (OSError, UnicodeError) as error:
            sys.exit(f"TF_CONFIG has the address {address}, which is no machine's: {error}")
