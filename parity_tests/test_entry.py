"""How one gets in: what is imported when, and what there is with NumPy alone."""

import pytest

from parity_tests.test_examples import run, without

COMPILER = ("numba", "llvmlite")
EXTRAS = ("tensorflow", "tf_keras", "keras", "matplotlib", "rich", "scipy", "sklearn", "tensorboard", "pytest")

TEXT_BOOK = """
import sys
import numpy as np
import scratch

cell = scratch.BasicLSTMCell(4)
params = cell.init_params(np.random.default_rng(0), 3)
inputs = np.ones((5, 6, 3), np.float32)
outputs, _, tape = scratch.dynamic_rnn(cell, params, inputs, [6, 0, 2, 1, 3])
scratch.dynamic_rnn_backward(tape, outputs)
scratch.dynamic_rnn(cell, params, inputs, checkpoint_every=2)
scratch.Stream(cell, params).step(inputs[:, 0])
both = scratch.bidirectional_params(np.random.default_rng(0), cell, cell, 3)
scratch.bidirectional_dynamic_rnn(cell, cell, both, inputs)
"""

RECORDS = """
import sys
from pathlib import Path
import numpy as np
from scratch import *

example = SequenceExample({"label": 7}, {"x": [[1.5, -2.0], [3.0, 4.0]], "word": ["ein", "Wort"]})
path = Path(sys.argv[1]) / "records"
with TFRecordWriter(path) as writer:
    for _ in range(3):
        writer.write(example.serialize())
assert [SequenceExample.parse(record) for record in read_tfrecord(path)] == [example] * 3
features = {"x": FixedLenSequenceFeature((2,), np.float32), "word": VarLenFeature(bytes)}
for context, lists in read_sequence_examples(path, {"label": FixedLenFeature((), np.int64)}, features):
    assert context == {"label": 7}
    assert lists["x"].tolist() == [[1.5, -2.0], [3.0, 4.0]]
    assert lists["word"].values.tolist() == [b"ein", b"Wort"]
damaged = bytearray(path.read_bytes())
damaged[20] ^= 1
path.write_bytes(damaged)
try:
    list(read_tfrecord(path))
except ValueError as error:
    assert "its bytes do not have the checksum" in str(error)
else:
    raise AssertionError("damage was read")
idx = Path(sys.argv[1]) / "idx"
idx.write_bytes(bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, *range(6)]))
assert read_idx(idx, ("N", 3)).tolist() == [[0, 1, 2], [3, 4, 5]]
"""

COMPILED = """
import numpy as np
import scratch
from scratch.tasks import echo, mnist, tagging

cell = scratch.BasicLSTMCell(4)
params, x = cell.init_params(np.random.default_rng(0), 3), np.ones((5, 6, 3), np.float32)
both = scratch.bidirectional_params(np.random.default_rng(0), cell, cell, 3)
calls = [
    lambda: scratch.dynamic_rnn(cell, params, x, engine="numba"),
    lambda: scratch.Stream(cell, params, engine="numba"),
    lambda: scratch.bidirectional_dynamic_rnn(cell, cell, both, x, engine="numba"),
    lambda: scratch.stack_bidirectional_dynamic_rnn([cell], [cell], {"cell_0": both}, x, engine="numba"),
    lambda: echo.EchoTrainer(echo.PARTS[5], {}, "numba"),
    lambda: mnist.MnistTrainer(None, {}, "numba"),
    lambda: tagging.TaggingTrainer(None, {}, "numba"),
    lambda: scratch.set_num_threads,
    lambda: scratch.get_num_threads,
]
for number, call in enumerate(calls):
    try:
        call()
    except ImportError as error:
        assert str(error).startswith("engine 'numba' needs the package numba, which cannot be imported ("), error
        assert str(error).endswith("): pip install numba"), error
        assert error.name == "numba"
    else:
        raise AssertionError(f"call {number} went on")
"""


def check(done):
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_numba_is_imported_only_when_it_is_asked_for():
    check(run("-W", "error", "-c", TEXT_BOOK + "assert not {'numba', 'llvmlite'} & set(sys.modules)"))


def test_every_public_name_is_there_with_numba():
    code = "from scratch import *; import scratch; assert pad_batch is scratch.pad_batch\nset_num_threads(1)\n"
    check(run("-c", code + "assert get_num_threads() == 1 and {'get_num_threads', 'GRUCell'} <= set(dir(scratch))"))
    with pytest.raises(ImportError, match="cannot import name 'SmallRoll' from 'scratch'"):
        exec("from scratch import SmallRoll")


@pytest.mark.parametrize("code", [TEXT_BOOK, RECORDS, COMPILED], ids=["text book", "records", "compiled"])
def test_numpy_alone_is_enough_for_all_but_compiled_code(code, tmp_path):
    """What reads records runs as it stands; what is compiled says what it needs before it does anything."""
    check(run("-W", "error", "-c", code, tmp_path, **without(tmp_path, *COMPILER, *EXTRAS)))


def test_records_are_read_by_compiled_code_where_there_is_numba(tmp_path):
    done = run("-c", RECORDS + "assert 'numba' in sys.modules", tmp_path)
    assert done.returncode == 0, done.stderr
