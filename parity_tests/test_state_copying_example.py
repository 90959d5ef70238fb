"""``examples/state_copying.py``, run as a user runs it, and made to disagree."""

import numpy as np
import pytest

from examples import state_copying
from parity_tests.test_examples import run


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_ours_and_tensorflows_agree_and_are_drawn(tmp_path, engine):
    done = run("examples/state_copying.py", "--engine", engine, "--out", tmp_path / "new", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for words in (engine, "outputs are exactly 0", "state is copied", "handed back untouched", "agree, limit 1e-12"):
        assert words in done.stdout
    assert (tmp_path / "new" / "state_copying.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["state_copying.png"]


def test_it_ends_non_zero_where_they_differ(tmp_path, monkeypatch, capsys):
    """The state zeroed past the end instead of copied, which no output shows."""
    sound = state_copying.scratch.dynamic_rnn

    def zeroed(*arguments, **options):
        outputs, final_state, tape = sound(*arguments, **options)
        return outputs, np.where(state_copying.LENGTHS[:, None] < state_copying.NUM_STEPS, 0, final_state), tape

    monkeypatch.setattr(state_copying.scratch, "dynamic_rnn", zeroed)
    assert state_copying.main(["--out", str(tmp_path)]) == 1
    assert "Ours and TensorFlow's differ" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--seed", "-1"), "--seed must be at least 0, but is -1"),
        (("--engine", "torch"), "invalid choice: 'torch'"),
        (("--out", "setup.py"), "--out setup.py cannot be written to"),
    ],
)
def test_bad_arguments_are_refused(arguments, words):
    done = run("examples/state_copying.py", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stdout == ""
