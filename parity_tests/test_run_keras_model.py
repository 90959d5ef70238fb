"""``examples/run_keras_model.py`` against ``model.predict`` of the same models.

The models are made, asked and exported by ``build``, in a process of its own: where a model is saved and loaded, Keras
warns of a change in NumPy, which would be an error here, and TensorFlow takes too long to import to do so for each.
"""

import json
import runpy
import warnings

import numpy as np
import pytest

from parity_tests.harness import assert_parity
from parity_tests.test_examples import ROOT, run, without

PROGRAM = ROOT / "examples" / "run_keras_model.py"
main = runpy.run_path(str(PROGRAM))["main"]
# Padded at the end, one row with nothing else and one with nothing of it; and what an Embedding is not needed for.
INPUTS = {
    "text": np.array(
        [[3, 1, 4, 1, 0, 0], [5, 0, 0, 0, 0, 0], [2, 6, 5, 3, 5, 8], [0, 0, 0, 0, 0, 0], [9, 7, 9, 0, 0, 0]]
    ),
    "numbers": np.random.default_rng(0).standard_normal((5, 6, 3)),
}


def make_models(keras):
    """Return a function for each model, by its name, the first word of which is that of its inputs."""
    layers = keras.layers

    def text(*above, mask_zero=True):
        return keras.Sequential(
            [keras.Input((6,), dtype="int32"), layers.Embedding(10, 3, mask_zero=mask_zero), *above]
        )

    def numbers(*above, steps=6):
        return keras.Sequential([keras.Input((steps, 3)), *above])

    def functional():
        tokens = keras.Input((None,), dtype="int32")
        x = layers.SpatialDropout1D(0.3)(layers.Embedding(10, 3, mask_zero=True)(tokens))
        x = layers.Bidirectional(layers.GRU(4, return_sequences=True))(x)
        x = layers.Dropout(0.5)(layers.GRU(4, return_sequences=True, reset_after=False)(x))
        return keras.Model(tokens, layers.Dense(2, activation="softmax")(layers.LSTM(5)(x)))

    def merged(mode):
        both = layers.Bidirectional(layers.LSTM(4, return_sequences=True), merge_mode=mode)
        return text(both, layers.Bidirectional(layers.SimpleRNN(5), merge_mode=mode))

    def two_sizes():
        back = layers.GRU(5, go_backwards=True, return_sequences=True)
        return text(layers.Bidirectional(layers.LSTM(4, return_sequences=True), backward_layer=back))

    return {
        "text_classifier": lambda: text(
            layers.LSTM(4, dropout=0.2, recurrent_dropout=0.2), layers.Dense(1, activation="sigmoid")
        ),
        "text_functional": functional,
        "text_unmasked": lambda: text(
            layers.GRU(4, return_sequences=True), layers.GRU(5), layers.Dense(2), mask_zero=False
        ),
        # What is made of the padding shows in the outputs.
        "text_tagger": lambda: text(
            layers.SimpleRNN(4, return_sequences=True), layers.LSTM(5, return_sequences=True), layers.Dense(3)
        ),
        "text_zeros": lambda: text(layers.LSTM(4, return_sequences=True, zero_output_for_mask=True)),
        "text_last_is_zero": lambda: text(layers.GRU(4, zero_output_for_mask=True)),
        "text_backwards": lambda: text(
            layers.GRU(4, go_backwards=True, return_sequences=True),
            layers.SimpleRNN(5, return_sequences=True),
            layers.LSTM(4, go_backwards=True),
        ),
        **{f"text_{mode}": lambda mode=mode: merged(mode) for mode in ("concat", "sum", "mul", "ave")},
        "text_two_sizes": two_sizes,
        "numbers_relu": lambda: numbers(
            layers.SimpleRNN(4, activation="relu", return_sequences=True),
            layers.LSTM(5, activation="relu"),
            layers.Dense(7, activation="relu"),
            steps=None,
        ),
        "numbers_no_bias": lambda: numbers(
            layers.SimpleRNN(4, use_bias=False, return_sequences=True),
            layers.GRU(5, use_bias=False, return_sequences=True),
            layers.GRU(4, use_bias=False, reset_after=False, return_sequences=True),
            layers.LSTM(5, use_bias=False, unroll=True),
            layers.Dense(2, activation="tanh", use_bias=False),
        ),
        "numbers_dense": lambda: numbers(layers.Dense(4, activation="relu"), layers.Dense(2)),
    }


def make_refused(keras):
    """Return a function for each model that cannot be run, by what is said of it."""
    layers = keras.layers

    @keras.saving.register_keras_serializable("tests")
    class LSTM(layers.LSTM):
        """A layer with a familiar name, which may compute anything."""

    def chain(*above):
        return keras.Sequential([keras.Input((6, 3)), *above])

    def called(make_output):
        inputs = keras.Input((6, 3))
        return keras.Model(inputs, make_output(inputs))

    return {
        "conv is a Conv1D, which cannot be run": lambda: chain(layers.Conv1D(4, 2, name="conv"), layers.LSTM(4)),
        "skip is a Masking, which cannot be run": lambda: chain(layers.Masking(name="skip"), layers.LSTM(4)),
        "own is a LSTM, which cannot be run": lambda: chain(LSTM(4, name="own")),
        "inner is a Sequential, which cannot be run": lambda: chain(keras.Sequential([layers.LSTM(4)], name="inner")),
        "join is a Concatenate, which cannot be run": lambda: called(
            lambda x: layers.Concatenate(name="join")([layers.LSTM(3)(x), layers.GRU(3)(x)])
        ),
        "multiply is a Multiply, which cannot be run": lambda: called(lambda x: layers.LSTM(3)(x) * 2),
        "the model has 1 inputs and 2 outputs": lambda: called(lambda x: [layers.LSTM(3)(x), layers.GRU(3)(x)]),
        "rnn: activation='linear' of LSTM cannot be run; it must be 'tanh' or 'relu'": lambda: chain(
            layers.LSTM(4, activation=None, name="rnn")
        ),
        "rnn: recurrent_activation='hard_sigmoid' of GRU cannot be run": lambda: chain(
            layers.GRU(4, recurrent_activation="hard_sigmoid", name="rnn")
        ),
        "forward_rnn: activation='elu' of LSTM cannot be run": lambda: chain(
            layers.Bidirectional(layers.LSTM(4, activation="elu", name="rnn"))
        ),
        "out: activation='LeakyReLU' of Dense cannot be run": lambda: chain(
            layers.Dense(4, activation=layers.LeakyReLU(0.1), name="out")
        ),
        "rnn: stateful=True of LSTM cannot be run": lambda: keras.Sequential(
            [keras.Input(batch_shape=(5, 6, 3)), layers.LSTM(4, stateful=True, name="rnn")]
        ),
        "rnn: return_state=True of SimpleRNN cannot be run": lambda: called(
            lambda x: layers.SimpleRNN(4, return_state=True, name="rnn")(x)[0]
        ),
        "both: merge_mode=None of Bidirectional cannot be run": lambda: called(
            lambda x: layers.Bidirectional(layers.LSTM(4), merge_mode=None, name="both")(x)[0]
        ),
        "rnn computes in float16, but only float32 can be run": lambda: chain(
            layers.LSTM(4, dtype="mixed_float16", name="rnn")
        ),
        "an Embedding must be the first layer": lambda: keras.Sequential(
            [keras.Input((6,)), layers.Dropout(0.5), layers.Embedding(10, 3)]
        ),
        "rnn is called with initial_state, which cannot be run": lambda: called(
            lambda x: layers.GRU(4, name="rnn")(x, initial_state=keras.ops.ones((1, 4)))
        ),
        "rnn is called with mask, which cannot be run": lambda: called(
            lambda x: layers.GRU(4, name="rnn")(x, mask=x[:, :, 0] > 0)
        ),
        "noise is called with training, which cannot be run": lambda: called(
            lambda x: layers.Dropout(0.5, name="noise")(x, training=True)
        ),
        "the model has no weights yet": lambda: keras.Sequential([layers.LSTM(4)]),
    }


def build(folder):
    """Write each model, its prediction and its exported weights into the folder, and what was said of the refused."""
    # Not above: the tests themselves need no TensorFlow.
    from tf_impl.keras_layers import keras

    def save(model, name):
        with warnings.catch_warnings():
            # A model without weights is saved with a warning.
            warnings.simplefilter("ignore")
            model.save(folder / f"{name}.keras")

    rng = np.random.default_rng(0)
    for name, make in make_models(keras).items():
        model = make()
        for variable in model.trainable_variables:
            # Not as Keras starts them, so that no bias is 0.
            variable.assign(rng.normal(0, 0.6, variable.shape))
        save(model, name)
        np.save(folder / f"{name}_expected.npy", model.predict(INPUTS[name.split("_")[0]], verbose=0))
        main(["export", str(folder / f"{name}.keras"), str(folder / f"{name}.npz")])
    said = {}
    for number, (words, make) in enumerate(make_refused(keras).items()):
        save(make(), f"refused_{number}")
        try:
            said[words] = main(
                ["export", str(folder / f"refused_{number}.keras"), str(folder / f"refused_{number}.npz")]
            )
        except SystemExit as stopped:
            said[words] = stopped.code
    (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    for name, inputs in INPUTS.items():
        np.save(folder / f"{name}.npy", inputs)
    code = "import pathlib, sys; from parity_tests.test_run_keras_model import build; build(pathlib.Path(sys.argv[1]))"
    done = run("-c", code, folder)
    assert done.returncode == 0, done.stderr
    return folder


def outputs_of(folder, name, out, *options):
    """Return what the program makes of the inputs of a model."""
    arguments = [folder / f"{name}.npz", folder / f"{name.split('_')[0]}.npy", out / "outputs.npy", *options]
    assert main(["run", *map(str, arguments)]) == 0
    return np.load(out / "outputs.npy")


def test_every_model_is_run_as_keras_runs_it(folder, tmp_path):
    expected = {path.stem.removesuffix("_expected"): np.load(path) for path in folder.glob("*_expected.npy")}
    assert len(expected) == 15
    assert_parity({name: outputs_of(folder, name, tmp_path) for name in expected}, expected)
    assert [path.name for path in tmp_path.iterdir()] == ["outputs.npy"]


@pytest.mark.parametrize("name", ["text_tagger", "text_unmasked"])
def test_numba_computes_the_same(folder, tmp_path, name):
    actual = outputs_of(folder, name, tmp_path, "--engine", "numba")
    assert_parity(actual, np.load(folder / f"{name}_expected.npy"))


def test_what_cannot_be_run_is_refused_by_name(folder):
    for words, said in json.loads((folder / "said.json").read_text(encoding="utf-8")).items():
        assert words in str(said)
        assert "\n" not in said
    assert not list(folder.glob("refused_*.npz"))
    assert not list(folder.glob("*.partial"))


def test_run_needs_no_tensorflow(folder, tmp_path):
    environment = without(tmp_path, "tensorflow", "tf_keras", "keras", "h5py", "matplotlib", "rich", "pytest")
    files = [folder / "text_functional.npz", folder / "text.npy", tmp_path / "outputs.npy"]
    done = run(PROGRAM, "run", *files, **environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "outputs.npy: float32 [5, 2]" in done.stdout
    assert_parity(np.load(files[2]), np.load(folder / "text_functional_expected.npy"))
    arguments = ["export", folder / "text_functional.keras", tmp_path / "weights.npz"]
    done = run(PROGRAM, *arguments, **environment, TF_USE_LEGACY_KERAS="1")
    assert done.returncode == 1
    assert "need tensorflow, which is in the extra 'tf': pip install " in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_export_from_the_shell(folder, tmp_path):
    done = run(PROGRAM, "export", folder / "text_two_sizes.keras", tmp_path / "weights.npz")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "weights.npz: 2 layers, 308 weights" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["weights.npz"]
    with np.load(tmp_path / "weights.npz") as new, np.load(folder / "text_two_sizes.npz") as old:
        assert new["architecture"] == old["architecture"]
        assert_parity(dict(new, architecture=np.zeros(1)), dict(old, architecture=np.zeros(1)), limit=0)


def refusal(*arguments):
    """Return the one line with which the program ends."""
    with pytest.raises(SystemExit) as stopped:
        main([*map(str, arguments)])
    assert isinstance(stopped.value.code, str)
    assert len(stopped.value.code.splitlines()) == 1
    return stopped.value.code


@pytest.mark.parametrize(
    ("name", "inputs", "words"),
    [
        ("text_tagger", INPUTS["text"][:, ::-1], "row 0 has a 0 at step 0, before its end"),
        ("text_tagger", np.array([[1, 2, 3, 4, 5, 6], [1, 2, 0, 4, 0, 0]]), "row 1 has a 0 at step 2, before its end"),
        ("text_tagger", np.full((2, 6), 10), "inputs[0, 0] is 10, but the Embedding knows 0 to 9"),
        ("text_tagger", np.full((2, 6), -1), "inputs[0, 0] is -1, but the Embedding knows 0 to 9"),
        ("text_tagger", np.ones((2, 6)), "the inputs of an Embedding must be whole numbers, but are float64"),
        ("text_tagger", np.ones((2, 7), int), "the inputs must have shape [B, 6], but have [2, 7]"),
        ("text_functional", np.ones((2, 6, 1), int), "the inputs must have shape [B, any], but have [2, 6, 1]"),
        ("numbers_relu", np.ones((2, 6, 4)), "the inputs must have shape [B, any, 3], but have [2, 6, 4]"),
        ("numbers_relu", np.ones((2, 0, 3)), "inputs must have at least one time step"),
        ("numbers_relu", np.ones((2, 6, 3), complex), "the inputs must be numbers, but are complex128"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(folder, tmp_path, name, inputs, words):
    np.save(tmp_path / "inputs.npy", inputs)
    assert words in refusal("run", folder / f"{name}.npz", tmp_path / "inputs.npy", tmp_path / "outputs.npy")
    assert not (tmp_path / "outputs.npy").exists()


def test_a_damaged_file_is_refused_and_nothing_is_written(folder, tmp_path):
    whole = (folder / "text_tagger.npz").read_bytes()
    weights, outputs = tmp_path / "weights.npz", tmp_path / "outputs.npy"
    outputs.write_text("kept")
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    for damaged in (b"", whole[:3], whole[:100], whole[: len(whole) // 2], whole[:-1], bytes(flipped)):
        weights.write_bytes(damaged)
        assert f"{weights} is not a whole file written by export" in refusal(
            "run", weights, folder / "text.npy", outputs
        )
    np.savez(weights, kernel=np.ones(3))
    assert f"{weights} is not a whole file written by export" in refusal("run", weights, folder / "text.npy", outputs)
    np.savez(weights, architecture=json.dumps({"format": "of tomorrow"}))
    assert "another version of this program: 'of tomorrow'" in refusal("run", weights, folder / "text.npy", outputs)
    inputs = tmp_path / "inputs.npy"
    inputs.write_bytes((folder / "text.npy").read_bytes()[:-1])
    assert f"{inputs} is not a whole .npy file" in refusal("run", folder / "text_tagger.npz", inputs, outputs)
    assert "No such file" in refusal("run", tmp_path / "none.npz", inputs, outputs)
    assert "there is no folder" in refusal(
        "run", folder / "text_tagger.npz", folder / "text.npy", tmp_path / "none" / "out.npy"
    )
    with np.load(folder / "text_tagger.npz") as file:
        np.savez(weights, **{name: file[name] for name in file.files if name != "1/kernel"})
    assert f"{weights} is not whole: layer 1 has no 'kernel'" in refusal("run", weights, folder / "text.npy", outputs)
    assert "must be a file saved by Keras 3" in refusal("export", tmp_path / "none.keras", weights)
    assert "must be a file saved by Keras 3" in refusal("export", weights, weights)
    assert outputs.read_text() == "kept"


def test_help_and_bad_arguments(capsys):
    for arguments, code, words in [
        (["--help"], 0, "export"),
        (["run", "--help"], 0, "WEIGHTS.npz"),
        ([], 2, "COMMAND"),
        (["run", "a.npz"], 2, "INPUTS.npy"),
        (["run", "a", "b", "c", "--engine", "tensorflow"], 2, "invalid choice: 'tensorflow'"),
    ]:
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == code
        printed = capsys.readouterr()
        assert words in printed.out + printed.err
