"""Faults in the tasks."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "tasks/echo.py",
        "tasks/test_echo.py",
        (
            "the future is the label",
            "np.roll(x, echo_step)",
            "np.roll(x, -echo_step)",
        ),
        (
            "labels before the series' start kept",
            "    labels[:echo_step] = 0\n",
            "",
        ),
        (
            "loss summed where it should be averaged",
            "np.full_like(losses, 1 / losses.size)",
            "np.full_like(losses, 1.0)",
        ),
        (
            "state not carried from window to window",
            "return losses.mean(), loss_cache.p, new_state",
            "return losses.mean(), loss_cache.p, state",
        ),
        (
            "state not reset at an epoch's start",
            "        state = trainer.zero_state(len(x))\n",
            "        state = trainer.zero_state(len(x)) if epoch == 0 else state\n",
        ),
        (
            "same data every epoch",
            "x, labels = generate_data(rng, total",
            "x, labels = generate_data(np.random.default_rng(0), total",
        ),
        (
            "output layer not trained",
            '"rnn": d_rnn, "dense": d_dense}',
            '"rnn": d_rnn, "dense": {k: 0 * d for k, d in d_dense.items()}}',
        ),
    ),
]
