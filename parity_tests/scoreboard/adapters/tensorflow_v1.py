"""TensorFlow's genuine TF1 cells in its own loops, as ``tf_impl`` runs them."""

import tf_impl
from parity_tests.scoreboard.engine import asked
from parity_tests.vectors.cases import run

NAME = "TensorFlow, TF1 cells"
PACKAGES = ("tensorflow", "tf-keras")
DOCUMENTED = "https://www.tensorflow.org/api_docs/python/tf/compat/v1/nn/dynamic_rnn"


def answer(case, problem):
    with asked():
        return run(tf_impl, case, problem)
