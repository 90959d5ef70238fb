import io
import os
import zipfile

import numpy as np
import pytest

import tf_impl
from parity_tests.harness import assert_parity
from parity_tests.killed import run_until_killed
from parity_tests.training import resumable
from scratch import (
    CheckpointManager,
    LSTMState,
    generator_state,
    latest_checkpoint,
    load_checkpoint,
    params_from_variables,
    restore_generator,
    save_checkpoint,
    slot_variables,
    slots_from_variables,
)
from scratch.tree import named_leaves
from tf_impl.cell import genuine
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1
from tf_impl.training import optimizers

# Calls of functions in some five steps.
CALLS = 60_000
TREE = {
    "rnn": {"basic_lstm_cell": {"kernel": np.random.default_rng(0).random((3, 4)), "bias": np.float32([5, -0.0])}},
    "rnn/basic_lstm_cell/kernel/Adam": np.array([[np.nan, np.inf, 5e-324]]).T,
    "global_step": 7,
    "order": np.arange(6).reshape(2, 3).T,
    "generator": "{}",
    "flags": np.array([], bool),
}


def assert_bits(actual, expected):
    assert actual.keys() == expected.keys()
    for name, array in actual.items():
        want = np.asarray(expected[name])
        assert array.dtype == want.dtype
        assert array.shape == want.shape
        assert array.tobytes() == want.tobytes()


def test_every_bit_and_dtype_comes_back(tmp_path):
    path = tmp_path / "run.npz"
    save_checkpoint(path, TREE)
    assert_bits(load_checkpoint(path), dict(named_leaves(TREE)))
    # A plain .npz: NumPy alone reads it, without the pickles it would refuse.
    with np.load(path, allow_pickle=False) as file:
        np.testing.assert_array_equal(file["rnn/basic_lstm_cell/kernel"], TREE["rnn"]["basic_lstm_cell"]["kernel"])


def test_equal_trees_make_equal_files(tmp_path):
    save_checkpoint(tmp_path / "a.npz", TREE)
    save_checkpoint(tmp_path / "b.npz", TREE)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_file_cut_anywhere_never_loads(tmp_path):
    path = tmp_path / "run.npz"
    save_checkpoint(path, {"a": np.arange(3.0)})
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="run.npz must be"):
            load_checkpoint(path)


def test_a_damaged_byte_is_refused_or_was_of_no_account(tmp_path):
    path, rng = tmp_path / "run.npz", np.random.default_rng(0)
    tree = {"a": np.arange(3.0)}
    save_checkpoint(path, tree)
    whole, refused = path.read_bytes(), 0
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            found = load_checkpoint(path)
        except ValueError:
            refused += 1
        else:
            assert_bits(found, {name: np.asarray(array) for name, array in tree.items()})
    assert refused > len(whole) / 2


def test_a_shorter_array_in_a_damaged_header_is_noticed(tmp_path):
    """The sum covers the whole member, and a header that asks for less would leave the end of it unread."""
    path = tmp_path / "run.npz"
    save_checkpoint(path, {"a": np.arange(5000.0)})
    path.write_bytes(path.read_bytes().replace(b"(5000,)", b"(1000,)"))
    with pytest.raises(ValueError, match="run.npz must be a whole checkpoint, but cannot be read: Bad CRC-32"):
        load_checkpoint(path)


def test_foreign_files_are_refused(tmp_path):
    path = tmp_path / "run.npz"
    np.savez(path, kernel=np.ones(3))
    with pytest.raises(ValueError, match="must be 'a checkpoint of unrolled, 2: 1 arrays', but is 'another file'"):
        load_checkpoint(path)
    np.savez(path, format="a checkpoint of unrolled, 1: 3 arrays", a=1, b=2)
    with pytest.raises(ValueError, match="2: 2 arrays', but is 'a checkpoint of unrolled, 1: 3 arrays'"):
        load_checkpoint(path)
    np.savez(path, format="a checkpoint of unrolled, 1: 1 arrays", kernel=np.array([print]))
    with pytest.raises(ValueError, match="run.npz must be a whole checkpoint, but cannot be read: Object arrays"):
        load_checkpoint(path)
    np.savez_compressed(path, format="a checkpoint of unrolled, 1: 1 arrays", kernel=np.zeros(10**6))
    with pytest.raises(ValueError, match="a whole checkpoint, but cannot be read: format.npy is compressed"):
        load_checkpoint(path)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    for member in (b"text", header.getvalue()):
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("format.npy", member)
        with pytest.raises(ValueError, match="run.npz must be a whole checkpoint"):
            load_checkpoint(path)
    path.write_text("text")
    with pytest.raises(ValueError, match="run.npz must be a whole checkpoint"):
        load_checkpoint(path)
    with pytest.raises(FileNotFoundError, match="nowhere.npz"):
        load_checkpoint(tmp_path / "nowhere.npz")


@pytest.mark.parametrize(
    ("tree", "error", "words"),
    [
        ({"a": {"b": [print]}}, TypeError, "a/b must be numbers or text, but is list of object"),
        ({"a": None}, TypeError, "a must be numbers or text, but is NoneType of object"),
        ({"a": {"b": 1}, "a/b": 2}, ValueError, "two arrays are called 'a/b'"),
        ({"format": 1}, ValueError, "two arrays are called 'format'"),
        ({"a b": 1}, ValueError, "a name must be made of letters, digits and . _ - /, but is 'a b'"),
        ({"a//b": 1}, ValueError, "but is 'a//b'"),
        ({"a": ({"b[0]": 1},)}, ValueError, r"but is 'b\[0\]'"),
        ({"a": ({7: 1},)}, TypeError, r"a name must be a string, but a\[0\] has the key 7"),
        ({7: 1}, TypeError, "a name must be a string, but tree has the key 7"),
        ({"a": LSTMState(1, 2), "a.c": 3}, ValueError, "two arrays are called 'a.c'"),
        (np.ones(3), TypeError, "tree must be a dict or a tuple, but is ndarray"),
    ],
)
def test_what_cannot_be_kept_is_refused_before_the_file_is_touched(tmp_path, tree, error, words):
    path = tmp_path / "run.npz"
    path.write_bytes(b"the last one")
    with pytest.raises(error, match=words):
        save_checkpoint(path, tree)
    assert path.read_bytes() == b"the last one"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_save_that_fails_halfway_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "run.npz"
    save_checkpoint(path, TREE)
    before = path.read_bytes()

    def fail(file, array, allow_pickle):
        file.write(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", fail)
    with pytest.raises(OSError, match="no space left on device"):
        save_checkpoint(path, TREE)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


class MyGenerator(np.random.PCG64):
    """A bit generator that is not NumPy's own."""


KINDS = [np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_generator_continues_where_it_stood(tmp_path, kind):
    rng, other = np.random.Generator(kind(5)), np.random.Generator(kind(6))
    rng.random(7)
    # Half of a 64-bit number is left over, and belongs to the state as well.
    rng.integers(9, dtype=np.int32)
    save_checkpoint(tmp_path / "run.npz", {"generator": generator_state(rng)})
    restore_generator(other, load_checkpoint(tmp_path / "run.npz")["generator"])
    np.testing.assert_array_equal(rng.integers(9, size=5, dtype=np.int32), other.integers(9, size=5, dtype=np.int32))
    np.testing.assert_array_equal(rng.random(50), other.random(50))


def test_a_generator_that_cannot_be_kept_is_refused_by_name():
    rng = np.random.default_rng(0)
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator of PCG64, .*, but is of MyGenerator"):
        generator_state(np.random.Generator(MyGenerator(0)))
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator of PCG64, .*, but is of int"):
        generator_state(5)
    for state in (generator_state(np.random.Generator(np.random.SFC64(0))), np.array("text"), np.array("[]")):
        with pytest.raises(ValueError, match="state must be that of a PCG64, but is"):
            restore_generator(rng, state)


def steps(folder):
    return sorted(int(path.name.removeprefix("model.ckpt-").removesuffix(".npz")) for path in folder.iterdir())


def test_the_last_and_the_best_are_kept(tmp_path):
    manager = CheckpointManager(tmp_path / "new" / "folder", max_to_keep=2)
    assert manager.best_step() is None
    assert latest_checkpoint(manager.folder) is None
    for step, validation in ((5, 0.5), (20, 0.9), (100, 0.9), (101, None), (102, 0.1)):
        path = manager.save(step, {"w": np.full(2, step)}, validation)
        assert latest_checkpoint(manager.folder) == path
        # Whoever takes the run up knows as much as whoever began it.
        manager = CheckpointManager(manager.folder, max_to_keep=2)
    assert steps(manager.folder) == [20, 101, 102]
    assert manager.best_step() == 20
    found = load_checkpoint(path)
    assert (found["global_step"], found["validation"], found["w"][0]) == (102, 0.1, 102)
    assert found["global_step"].dtype == np.int64
    manager.save(103, {}, 0.91)
    assert steps(manager.folder) == [102, 103]


def test_with_no_validation_the_last_are_kept(tmp_path):
    manager = CheckpointManager(tmp_path)
    for step in range(8):
        manager.save(step, {})
    assert steps(tmp_path) == [3, 4, 5, 6, 7]


def test_refusals_of_the_manager(tmp_path):
    with pytest.raises(ValueError, match="max_to_keep must be at least 1, but is 0"):
        CheckpointManager(tmp_path, max_to_keep=0)
    manager = CheckpointManager(tmp_path)
    manager.save(9, {})
    with pytest.raises(ValueError, match="holds step 9 already: resume, or use a new folder"):
        CheckpointManager(tmp_path).save(9, {})
    with pytest.raises(ValueError, match="step must be at least 0, but is -1"):
        manager.save(-1, {})
    with pytest.raises(TypeError, match="tree must be a dict, with a name for each part, but is LSTMState"):
        manager.save(10, LSTMState(1, 2))
    with pytest.raises(ValueError, match="validation must be finite, but is nan"):
        manager.save(10, {}, float("nan"))
    with pytest.raises(ValueError, match="step must have at most 18 digits, but is 1000000000000000000"):
        manager.save(10**18, {})
    for name in ("global_step", "validation"):
        with pytest.raises(ValueError, match=f"tree must leave '{name}' to the manager, but has one of its own"):
            manager.save(10, {name: 1})
    assert steps(tmp_path) == [9]


def test_a_checkpoint_that_someone_deleted_or_added_is_noticed(tmp_path):
    manager = CheckpointManager(tmp_path, max_to_keep=2)
    for step in (1, 2):
        manager.save(step, {}, validation=1 - step / 10)
    (tmp_path / "model.ckpt-1.npz").unlink()
    for step in (3, 4):
        manager.save(step, {})
    assert steps(tmp_path) == [2, 3, 4]
    assert manager.best_step() == 2
    # Another manager of the same folder goes on, and the first knows.
    CheckpointManager(tmp_path, max_to_keep=2).save(6, {}, validation=2)
    with pytest.raises(ValueError, match="holds step 6 already"):
        manager.save(6, {})
    manager.save(7, {})
    manager.save(8, {})
    assert (steps(tmp_path), manager.best_step()) == ([6, 7, 8], 6)


def test_an_old_checkpoint_that_goes_while_it_is_removed_stops_nothing(tmp_path, monkeypatch):
    manager, unlink = CheckpointManager(tmp_path, max_to_keep=1), os.unlink
    manager.save(1, {})
    # The second time, it is gone.
    monkeypatch.setattr(os, "unlink", lambda path: [unlink(path) for _ in range(2)])
    manager.save(2, {})
    assert steps(tmp_path) == [2]


def test_a_damaged_old_checkpoint_keeps_nobody_from_the_others(tmp_path):
    manager = CheckpointManager(tmp_path)
    for step in (1, 2, 3):
        path = manager.save(step, {}, validation=step / 10)
    (tmp_path / "model.ckpt-1.npz").write_bytes(b"damaged")
    save_checkpoint(tmp_path / "model.ckpt-2.npz", {"validation": np.array("good")})
    manager = CheckpointManager(tmp_path, max_to_keep=2)
    assert latest_checkpoint(tmp_path) == path
    assert manager.best_step() == 3
    manager.save(4, {}, validation=0.1)
    assert steps(tmp_path) == [3, 4]


def test_only_what_a_manager_wrote_is_a_checkpoint(tmp_path):
    path = CheckpointManager(tmp_path).save(5, {})
    for name in ("٧", "07", "7.0", "-7", "7e3", "+7", "", "7" * 19):
        (tmp_path / f"model.ckpt-{name}.npz").write_bytes(path.read_bytes())
    (tmp_path / "model.ckpt-8.npz").mkdir()
    (tmp_path / "model.ckpt-9.npz").symlink_to(tmp_path / "nowhere")
    (tmp_path / "model.ckpt-10.npz.npz").write_bytes(path.read_bytes())
    (tmp_path / "old.model.ckpt-11.npz").write_bytes(path.read_bytes())
    assert latest_checkpoint(tmp_path) == path
    assert latest_checkpoint(tmp_path / "nowhere") is None
    last = CheckpointManager(tmp_path).save(10**18 - 1, {})
    assert latest_checkpoint(tmp_path) == last
    assert load_checkpoint(last)["global_step"] == 10**18 - 1


def test_a_killed_run_resumes_bit_for_bit(tmp_path):
    """Killed twice, at whatever it was doing just then; what it left unfinished is never taken for a checkpoint."""
    folder, rng = tmp_path / "killed", np.random.default_rng()
    folder.mkdir()
    (folder / ".model.ckpt-3.99.partial.npz").write_bytes(b"half")
    reached = 0
    for _ in range(2):
        run_until_killed(rng.integers(CALLS), resumable.__file__, folder)
        before, reached = reached, int(load_checkpoint(latest_checkpoint(folder))["global_step"])
        assert reached > before
    resumed = resumable.train(folder, reached + 3)
    assert_parity(resumed, resumable.train(tmp_path / "undisturbed", reached + 3), limit=0)
    assert not list(folder.glob(".*"))


class Witness:
    """The network of ``resumable`` as a TF1 program of its day, with TensorFlow's own Adam and Saver."""

    def __init__(self):
        self.program = Program()
        with self.program.graph.as_default():
            self.inputs, self.labels = v1.placeholder(np.float64, [None, 5, 2]), v1.placeholder(np.int64, [None])
            outputs, _ = v1.nn.dynamic_rnn(genuine(resumable.CELL, np.float64), self.inputs, dtype=np.float64)
            logits = v1.layers.Dense(2, dtype=np.float64, name="dense")(outputs[:, -1])
            losses = v1.nn.sparse_softmax_cross_entropy_with_logits(labels=self.labels, logits=logits)
            step = v1.train.get_or_create_global_step()
            optimizer = optimizers.genuine(resumable.OPTIMIZER)
            self.train_step = optimizer.minimize(tf.reduce_mean(losses), global_step=step)
            self.saver = v1.train.Saver()
            self.program.run(v1.global_variables_initializer())

    def train(self, batches):
        for inputs, labels in batches:
            self.program.session.run(self.train_step, {self.inputs: inputs, self.labels: labels})
        return tf_impl.session_variables(self.program.session)


def train_scratch(variables, batches):
    """Continue the run in ``variables`` from scratch, and return its variables."""
    params = params_from_variables(resumable.init_params(np.random.default_rng(0)), variables)
    slots = slots_from_variables(resumable.OPTIMIZER, params, variables)
    for inputs, labels in batches:
        gradients = resumable.gradients(params, inputs, labels)
        params, slots = resumable.OPTIMIZER.apply_gradients(params, gradients, slots)
    step = {"global_step": variables["global_step"] + len(batches)}
    return {**dict(named_leaves(params)), **slot_variables(resumable.OPTIMIZER, slots), **step}


def assert_variables(actual, expected):
    assert actual["global_step"] == expected["global_step"]
    assert_parity(*({**variables, "global_step": np.ones(1)} for variables in (actual, expected)))


def test_scratch_and_tensorflow_take_up_each_others_runs(tmp_path):
    rng = np.random.default_rng(0)
    batches = [(rng.standard_normal((4, 5, 2)), rng.integers(2, size=4)) for _ in range(9)]
    witness = Witness()
    first = witness.train(batches[:3])
    # TensorFlow's Saver to scratch: the same names, the same bits.
    with witness.program.graph.as_default():
        prefix = witness.saver.save(witness.program.session, str(tmp_path / "saver"), global_step=3)
    assert tf_impl.latest_checkpoint(tmp_path) == prefix == str(tmp_path / "saver-3")
    loaded = tf_impl.load_checkpoint(prefix)
    assert_bits(loaded, first)
    second = train_scratch(loaded, batches[3:6])
    assert_variables(second, witness.train(batches[3:6]))
    third = witness.train(batches[6:])
    # Scratch to TensorFlow, as a Saver's checkpoint and as our own file.
    prefix = tf_impl.save_checkpoint(tmp_path / "scratch", second)
    assert_bits(tf_impl.load_checkpoint(prefix), second)
    with witness.program.graph.as_default():
        witness.saver.restore(witness.program.session, prefix)
    assert_variables(witness.train(batches[6:]), third)
    save_checkpoint(tmp_path / "run.npz", second)
    tf_impl.restore_session(witness.program.session, load_checkpoint(tmp_path / "run.npz"))
    assert_variables(witness.train(batches[6:]), third)
    del second["dense/kernel/Adam_1"]
    with pytest.raises(ValueError, match="variables has no 'dense/kernel/Adam_1', which the session has"):
        tf_impl.restore_session(witness.program.session, second)
