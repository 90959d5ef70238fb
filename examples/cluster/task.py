"""Which worker this process is, as the variable ``TF_CONFIG`` says it to every program of TensorFlow's."""

import json
import sys

from cluster import WORKERS


def is_chief(config):
    """Return whether the text ``config`` calls this worker the chief or, where it calls none so, the first worker.

    Ends the process where it describes no cluster that the files and the batches can be dealt out to.
    """
    try:
        described = json.loads(config)
        kind, index = described["task"]["type"], int(described["task"]["index"])
        cluster = {kind: len(addresses) for kind, addresses in described["cluster"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        sys.exit(f"TF_CONFIG must be JSON with a cluster and a task, but is {config!r}")
    if not cluster.keys() <= {"chief", "worker"} or sum(cluster.values()) not in WORKERS:
        counts = ", ".join(map(str, WORKERS))
        sys.exit(f"TF_CONFIG must have a chief, or none, and workers, {counts} in all, but has {cluster}")
    return kind == "chief" or ("chief" not in cluster and index == 0)
