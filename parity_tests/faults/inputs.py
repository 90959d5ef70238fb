"""Faults in the shapes of the inputs."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "inputs/unstack.py",
        "inputs/test_unstack.py",
        (
            "flattened in column order",
            "outputs.shape[0] * outputs.shape[1], *outputs.shape[2:])",
            'outputs.shape[0] * outputs.shape[1], *outputs.shape[2:], order="F")',
        ),
        (
            "series dealt out like cards",
            "series.reshape(batch_size, -1, *series.shape[1:])",
            "series.reshape(-1, batch_size, *series.shape[1:]).swapaxes(0, 1)",
        ),
        (
            "batch and time exchanged on the way back",
            "flat.reshape(batch_size, len(flat) // batch_size, *flat.shape[1:])",
            "flat.reshape(len(flat) // batch_size, batch_size, *flat.shape[1:]).swapaxes(0, 1)",
        ),
        (
            "unstacked along the batch",
            "np.moveaxis(inputs, axis, 0)",
            "np.moveaxis(inputs, 0, 0)",
        ),
        (
            "stacked along the batch",
            "np.stack(steps, axis)",
            "np.stack(steps, 0)",
        ),
    ),
]
