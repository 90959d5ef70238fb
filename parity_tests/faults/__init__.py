"""The faults that ``parity_tests.mutations`` plants, one at a time, each the work of a tired afternoon."""

from parity_tests.faults import (
    attacked,
    cells,
    conversions,
    course,
    entry,
    grade,
    hostile,
    inputs,
    jit,
    jit_single,
    jit_training,
    kit,
    maintainer_checks,
    maintainer_copies,
    maintainer_files,
    maintainer_together,
    models,
    networks,
    one_page,
    optimizers,
    site,
    tasks,
    training,
    unroll,
)

GROUPS = (cells, conversions, unroll, inputs, training, optimizers, tasks, jit, entry, models, one_page, grade, course)
GROUPS += (jit_single, jit_training, networks, site, kit, maintainer_checks, maintainer_copies)
GROUPS += (maintainer_files, maintainer_together, attacked, hostile)
FAULTS = [fault for group in GROUPS for fault in group.FAULTS]
