"""What is refused changes nothing: objects with a state and generators of random numbers are as they were before.

Each object is asked everything that it refuses. After each refusal it looks as it did and goes on as its twin does that
was asked none of it.
"""

import json
import pickle

import numpy as np
import pytest

import scratch
from parity_tests.harness import assert_parity
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    BatchNormalization,
    BatchSource,
    CheckpointManager,
    Dense,
    DropoutWrapper,
    Embedding,
    GRUCell,
    MultiRNNCell,
    Stream,
    SummaryWriter,
    TFRecordWriter,
    Vocabulary,
    read_tfrecord,
)
from scratch.generators import BIT_GENERATORS, generator_state, restore_generator
from scratch.tasks import echo, mnist, sentences, tagging
from scratch.tree import map_tree

REFUSED = (TypeError, ValueError, OverflowError)


def refuse(call, *arguments, **options):
    with pytest.raises(REFUSED):
        call(*arguments, **options)


def bad_states(state):
    """Yield states that are not quite such a generator's: each part of it left out, or of another kind."""
    for name in state:
        yield {key: value for key, value in state.items() if key != name}
        for wrong in ("text", None, -1, 2**70, []):
            yield {**state, name: wrong}
        if isinstance(state[name], dict):
            for part in bad_states(state[name]):
                yield {**state, name: part}


@pytest.mark.parametrize("kind", BIT_GENERATORS)
def test_a_generator_is_set_back_whole_or_not_at_all(kind):
    rng = np.random.Generator(getattr(np.random, kind)(0))
    rng.integers(9, size=3, dtype=np.int32)
    before, refusals = str(generator_state(rng)), 0
    other = np.random.Generator(getattr(np.random, kind)(1))
    for state in bad_states(json.loads(str(generator_state(other)))):
        try:
            restore_generator(rng, np.array(json.dumps(state)))
        except REFUSED:
            refusals += 1
            assert str(generator_state(rng)) == before
        else:
            restore_generator(rng, np.array(before))
    assert refusals > 5
    for text in ("text", "[]", "5", ""):
        refuse(restore_generator, rng, np.array(text))
        assert str(generator_state(rng)) == before


def refused_draws():
    """Return what draws from a generator, each with an argument that it refuses, by name."""
    cell, dropout = BasicLSTMCell(3), DropoutWrapper(BasicLSTMCell(3), 0.5)
    cells = {
        "lstm": cell,
        "gru": GRUCell(3),
        "layers": MultiRNNCell([BasicRNNCell(2), GRUCell(3)]),
        "dropout": dropout,
        "attention": scratch.AttentionCellWrapper(cell, 2),
        "residual": scratch.ResidualWrapper(cell),
    }
    draws = {}
    for name, one in cells.items():
        for size in (0, -1, 2.0, True, "3", None):
            draws[f"{name}, input_size={size!r}"] = lambda rng, one=one, size=size: one.init_params(rng, size)
        for dtype in ("int64", None, np.float16, object):
            draws[f"{name}, dtype={dtype}"] = lambda rng, one=one, dtype=dtype: one.init_params(rng, 3, dtype)
    for dtype in (int, None):
        draws[f"Dense, dtype={dtype}"] = lambda rng, dtype=dtype: Dense(2).init_params(rng, 3, dtype)
        draws[f"Embedding, dtype={dtype}"] = lambda rng, dtype=dtype: Embedding(2, 3).init_params(rng, dtype)
        draws[f"Tagger, dtype={dtype}"] = lambda rng, dtype=dtype: tagging.Tagger(5, 2).init_params(rng, dtype)
        draws[f"bidirectional, dtype={dtype}"] = lambda rng, dtype=dtype: scratch.bidirectional_params(
            rng, cell, cell, 3, dtype
        )
        draws[f"stack, dtype={dtype}"] = lambda rng, dtype=dtype: scratch.stack_bidirectional_params(
            rng, [cell], [cell], 3, dtype
        )
    return draws | {
        "residual, width": lambda rng: scratch.ResidualWrapper(cell).init_params(rng, 4),
        "bidirectional, second cell": lambda rng: scratch.bidirectional_params(rng, cell, 5, 3),
        "bidirectional, width": lambda rng: scratch.bidirectional_params(rng, cell, cell, 0),
        "stack, last cell": lambda rng: scratch.stack_bidirectional_params(rng, [cell, cell], [cell, 5], 3),
        "stack, one more": lambda rng: scratch.stack_bidirectional_params(rng, [cell, cell], [cell], 3),
        "echo data": lambda rng: echo.generate_data(rng, 103, 3, 5),
        "echo step": lambda rng: echo.generate_data(rng, 100, 0, 5),
        "sentences": lambda rng: sentences.make_sentences(rng, 0),
        "corpus": lambda rng: sentences.hold_out(rng, [1]),
        "orthogonal": lambda rng: scratch.orthogonal(rng, (3,), np.float32),
    }


@pytest.mark.parametrize("name", refused_draws())
def test_what_refuses_to_draw_draws_nothing(name):
    rng = np.random.default_rng(5)
    before = str(generator_state(rng))
    refuse(refused_draws()[name], rng)
    assert str(generator_state(rng)) == before


def make_source(seed=0):
    source = BatchSource(np.arange(11.0), np.arange(11), np.random.default_rng(seed))
    source.next_batch(4)
    return source


def test_batches():
    source, twin, good = make_source(), make_source(), make_source(3).state()
    for wrong in (12, 0, -1, True, 4.0, "4", None):
        refuse(source.next_batch, wrong)
    wrongs = {
        "order": [np.arange(12), np.arange(11.0), np.arange(10), np.zeros(11, int), "text", good["order"][:, None]],
        "position": [-1, 12, 2.5, 4.0, "4", None, True, np.array([1, 2]), np.array(4.0), np.array(-1)],
        "epochs_completed": [-1, 2.5, 1.0, "1", None, True, np.array("1"), np.array([1])],
        "generator": ["text", np.array("{}"), generator_state(np.random.Generator(np.random.MT19937(0))), 5],
    }
    for name, values in wrongs.items():
        for value in values:
            refuse(source.restore, {**good, name: value})
            assert repr(source.state()) == repr(twin.state()), (name, value)
        refuse(source.restore, {key: value for key, value in good.items() if key != name})
    for batch_size in (11, 3, 1, 5):
        for ours, theirs in zip(source.next_batch(batch_size), twin.next_batch(batch_size), strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert repr(source.state()) == repr(twin.state())
    # The bounds themselves are states.
    for position in (0, 11, np.int32(11), np.array(11)):
        source.restore({**good, "position": position, "epochs_completed": 0})
        assert source.position == int(position)


def test_checkpoint_managers(tmp_path):
    manager = CheckpointManager(tmp_path, 2)
    manager.save(4, {"a": 1}, validation=0.5)
    before, files = pickle.dumps(vars(manager)), sorted(tmp_path.iterdir())

    def refuse_unchanged(*arguments):
        refuse(manager.save, *arguments)
        assert pickle.dumps(vars(manager)) == before
        assert sorted(tmp_path.iterdir()) == files

    trees = [{"a": None}, {"a b": 1}, {"a": {"b": 1}, "a/b": 2}, {"a": [print]}, {"global_step": 1}, {"validation": 1}]
    for tree in trees:
        refuse_unchanged(5, tree)
    for step in (4, 3, -1, 5.0, True, "5", None, 10**18, 2**70):
        refuse_unchanged(step, {})
    for validation in (np.nan, np.inf, "good", True, 1j):
        refuse_unchanged(5, {}, validation)
    manager.save(5, {}, validation=0.4)
    assert manager.best_step() == 4


def test_record_writers(tmp_path):
    for compression_type in ("", "GZIP", "ZLIB"):
        path = tmp_path / f"records{compression_type}"
        with TFRecordWriter(path, compression_type) as writer:
            writer.write(b"a")
            for wrong in ("text", 5, None, [b"a"], memoryview(b"a"), np.zeros(3)):
                refuse(writer.write, wrong)
            refuse(writer.__enter__)
            writer.write(b"b")
        refuse(writer.write, b"c")
        refuse(writer.__enter__)
        assert list(read_tfrecord(path, compression_type)) == [b"a", b"b"]


def test_summary_writers(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        writer.flush()
        (path,) = tmp_path.iterdir()
        before = path.read_bytes()
        numbers = np.ones(3)
        for tag in ("", "a b", "é", "/a", 5, None, "a\n"):
            refuse(writer.scalar, tag, 1, 0)
            refuse(writer.histogram, tag, numbers, 0)
        for value in (True, np.True_, "1", None, 1j, np.ones(1)):
            refuse(writer.scalar, "a", value, 0)
        for values in (np.array([]), np.array([1, np.nan]), np.array([np.inf]), np.ones(3, int), [1.0], 1.0):
            refuse(writer.histogram, "a", values, 0)
        for step in (-1, 1.0, True, "1", None, 2**63):
            refuse(writer.scalar, "a", 1, step)
            refuse(writer.histogram, "a", numbers, step)
        writer.flush()
        assert path.read_bytes() == before
        writer.scalar("a", np.float32(1), 2**63 - 1)
        writer.histogram("a", numbers, 0)
    assert len(path.read_bytes()) > len(before)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_streams(engine):
    rng = np.random.default_rng(0)
    cell = MultiRNNCell([BasicRNNCell(3), BasicRNNCell(3)])
    params, x = cell.init_params(rng, 2, np.float64), rng.standard_normal((4, 2))
    start = map_tree(lambda size: rng.standard_normal((4, size)), cell.state_size)
    streams = [Stream(cell, params, start, engine) for _ in range(2)]
    wrongs = [x[:, :1], x[:3], x.astype(np.float32), x[0], x[None], x.tolist(), x.astype(int), np.ma.array(x), None]
    for _ in range(3):
        for wrong in wrongs:
            refuse(streams[0].step, wrong)
        assert_parity(*({"output": stream.step(x)} for stream in streams), limit=0)
        assert_parity(*({"state": stream.state} for stream in streams), limit=0)


def trainers():
    rng = np.random.default_rng(0)
    echoes = echo.EchoPart("", BasicRNNCell(3), "dynamic")
    program = mnist.MnistProgram("", "rows", BasicLSTMCell(3), scratch.AdamOptimizer(), 2, 3, batch_norm=True)
    tagger = tagging.Tagger(7, 3, 2, 3)
    bits, words = rng.integers(2, size=(2, 2, 4)), rng.integers(3, size=(2, 2, 5))
    lengths = np.array([5, 2])
    images, labels = rng.random((2, 4, 3)).astype(np.float32), np.array([3, 9])
    batch = tagging.TaggingBatch(words[0], words[1], lengths)
    zero = echoes.cell.zero_state(2)
    return {
        "echo": (
            echo.EchoTrainer(echoes, echo.init_params(echoes, rng)),
            (bits[0], bits[1], zero, ()),
            [(bits[0], bits[1] + 2, zero, ()), (bits[0], bits[1], zero[1:], ()), (bits[0], bits[1][:1], zero, ())],
        ),
        "mnist": (
            mnist.MnistTrainer(program, mnist.init_params(program, rng, 3)),
            (images, labels),
            [(images, labels + 1), (images[..., :2], labels), (images, labels[:1]), (images.astype(float), labels)],
        ),
        "tagging": (
            tagging.TaggingTrainer(tagger, tagger.init_params(rng)),
            (batch,),
            [
                (batch._replace(words=words[0] + 7),),
                (batch._replace(labels=words[1] - 3),),
                (batch._replace(sequence_length=lengths + 1),),
                (batch._replace(labels=words[1][:1]),),
            ],
        ),
    }


@pytest.mark.parametrize("name", ["echo", "mnist", "tagging"])
def test_trainers(name):
    trainer, good, wrongs = trainers()[name]
    twin = trainers()[name][0]
    for _ in range(2):
        for wrong in wrongs:
            refuse(trainer.step, *wrong)
        trainer.step(*good)
        twin.step(*good)
        assert pickle.dumps((trainer.params, trainer.slots)) == pickle.dumps((twin.params, twin.slots))


def test_a_trainer_is_restored_whole_or_not_at_all():
    trainer, good, _ = trainers()["mnist"]
    other = trainers()["mnist"][0]
    trainer.step(*good)
    before = {name: array.copy() for name, array in trainer.variables().items()}
    variables = other.variables()
    for name in variables:
        rest = {key: array for key, array in variables.items() if key != name}
        for wrong in (rest, rest | {name: variables[name].astype(np.float64)}, rest | {name: variables[name][None]}):
            refuse(trainer.restore, wrong)
            assert_parity(trainer.variables(), before, limit=0)
    trainer.restore(variables)
    assert_parity(trainer.variables(), variables, limit=0)


def test_vocabularies():
    words = ["a", "b"]
    vocabulary = Vocabulary(words)
    words[0] = "c"
    for wrong in ("text", [], None):
        if wrong != []:
            refuse(vocabulary.numbers, wrong)
    for wrong in ([-1], [4], [2, 5]):
        refuse(vocabulary.words_at, wrong)
    assert vocabulary.numbers(["a", "b", "c", ""]).tolist() == [2, 3, 1, 0]
    assert vocabulary.words_at([0, 3]) == ["", "b"]


def test_the_number_of_threads():
    before = scratch.get_num_threads()
    for wrong in (0, -1, 2.0, True, "2", None):
        refuse(scratch.set_num_threads, wrong)
    assert scratch.get_num_threads() == before


def test_moving_statistics_and_slots_are_never_written_to():
    rng = np.random.default_rng(0)
    layer, x = BatchNormalization(), rng.standard_normal((4, 3))
    params, moving = layer.init_params(3, np.float64), layer.init_moving(3, np.float64)
    before = pickle.dumps((params, moving))
    for training in (None, 1, "True", np.True_):
        refuse(layer.forward, params, moving, x, training)
    refuse(layer.forward, params, moving, x[:0], True)
    layer.forward(params, moving, x, True)
    assert pickle.dumps((params, moving)) == before
