"""The faults that ``parity_tests.mutations`` plants, one at a time, each the work of a tired afternoon."""

from parity_tests.faults import (
    cells,
    entry,
    inputs,
    jit,
    maintainer_copies,
    maintainer_files,
    models,
    optimizers,
    tasks,
    training,
    unroll,
)

GROUPS = (cells, unroll, inputs, training, optimizers, tasks, jit, entry, maintainer_copies, maintainer_files, models)
FAULTS = [fault for group in GROUPS for fault in group.FAULTS]
