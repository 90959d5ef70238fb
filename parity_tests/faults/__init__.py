"""The faults that ``parity_tests.mutations`` plants, one at a time, each the work of a tired afternoon."""

from parity_tests.faults import cells, inputs, jit, tasks, training, unroll

FAULTS = cells.FAULTS + unroll.FAULTS + inputs.FAULTS + training.FAULTS + tasks.FAULTS + jit.FAULTS
