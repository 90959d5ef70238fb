"""The exercises in the order of the course, each with the page of its lesson."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOLUTIONS = ROOT / "parity_tests" / "solutions"
EXERCISES = ROOT / "examples" / "exercises"

# What a step is, then how steps are joined, what goes in, what is lost, and how it is learnt.
LESSONS = {
    "activations": "cells/rnn",
    "rnn": "cells/rnn",
    "lstm": "cells/lstm",
    "gru": "cells/gru",
    "gru_reset_after": "cells/gru",
    "peephole_lstm": "cells/full_lstm",
    "projected_lstm": "cells/full_lstm",
    "coupled_lstm": "cells/coupled_lstm",
    "residual": "cells/residual",
    "dropout": "cells/dropout",
    "multi": "cells/multi",
    "static_rnn": "unroll/static",
    "lstm_unroll": "unroll/static",
    "dynamic_rnn": "unroll/dynamic",
    "last_output": "unroll/dynamic",
    "bidirectional": "unroll/bidirectional",
    "truncated": "unroll/truncated",
    "checkpointed": "unroll/checkpointed",
    "series_to_rows": "inputs/unstack",
    "flatten_time": "inputs/unstack",
    "pad_batch": "inputs/padding",
    "sequence_mask": "inputs/padding",
    "reverse_rows": "inputs/padding",
    "buckets": "inputs/padding",
    "vocabulary": "inputs/vocabulary",
    "embedding": "training/embedding",
    "dense": "training/dense",
    "batch_norm": "training/batch_norm",
    "softmax_cross_entropy": "training/losses",
    "masked_loss": "training/losses",
    "sequence_loss": "training/sequence_loss",
    "gradient_descent": "training/optimizers",
    "adagrad": "training/optimizers",
    "momentum": "training/momentum",
    "rmsprop": "training/rmsprop",
    "adam": "training/adam",
    "clip_by_norm": "training/clipping",
    "clip_by_global_norm": "training/clipping",
}
# The gates in the order of their columns, for the words that say where a gradient is wrong.
LSTM, COUPLED, GRU = "ijfo", "jfo", "ru"
GATES = {
    **{idea: {"kernel": LSTM, "bias": LSTM} for idea in ("lstm", "peephole_lstm", "lstm_unroll")},
    "coupled_lstm": {"kernel": COUPLED, "bias": COUPLED},
    "gru": {"gates_kernel": GRU, "gates_bias": GRU},
}
# The heading below which a function is derived, where it is not one of the usual.
HEADINGS = {
    "gru_forward": "## The equations",
    "reset_after_forward": "## Before or after",
    "dropout_backward": "## Forward and backward",
    "multi_backward": "## Forward and backward",
    "static_rnn_forward": "## The loop",
    "lstm_unroll_forward": "## The loop",
    "truncated_backward": "## The equations",
    "series_to_rows": "## From a series to rows",
    "unstack": "## From an array to a list of steps",
    "stack": "## From an array to a list of steps",
    "flatten_time": "## From $[B, T, H]$",
    "unflatten_time": "## From $[B, T, H]$",
    "pad_batch": "## Padding",
    "pad_batch_backward": "## Padding",
    "sequence_mask": "## Masks",
    "mean_of_rows": "## Masks",
    "mean_of_steps": "## Masks",
    "reverse_rows": "## Reversal",
    "reverse_rows_backward": "## Reversal",
    "bucket_of": "## Buckets",
    "bucket_batches": "## Buckets",
    "padding_steps": "## Buckets",
    "vocabulary_of": "## Two numbers are no words",
    "numbers_of": "## Two numbers are no words",
    "loss_over_steps": "## The mean over a padded batch",
    "loss_over_steps_backward": "## The mean over a padded batch",
    "loss_over_examples": "## The mean over a padded batch",
    "loss_over_examples_backward": "## The mean over a padded batch",
    "gradient_descent": "## Gradient descent",
    "staircase_rate": "## Gradient descent",
    "adagrad_step": "## Adagrad",
    "nesterov_step": "## Nesterov's look ahead",
}
