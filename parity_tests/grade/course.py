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
