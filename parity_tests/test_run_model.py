"""``examples/run_model.py`` against ``model.predict`` of the same models, those of ``keras_models.py``.

The models are made and asked by ``build``, in a process of its own, and kept in ``.cache`` until their sources change:
it takes long, and most tests are about what the program makes of them.
"""

import hashlib
import io
import json
import os
import runpy
import shutil
import tempfile
import warnings
import zipfile
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from parity_tests.harness import assert_parity
from parity_tests.keras_models import INPUTS, KERAS_2, make_models, make_refused
from parity_tests.test_examples import ROOT, run, without

PROGRAM = ROOT / "examples" / "run_model.py"
main = runpy.run_path(str(PROGRAM))["main"]
NAMES = [*make_models(SimpleNamespace(layers=None)), *[f"{name}_of_2" for name in KERAS_2], "front_last_of_3"]


def build(folder):
    """Write all models and their predictions, those that are refused, and the inputs."""
    # Not above: the tests themselves need no TensorFlow.
    from tf_impl.keras_layers import keras
    from tf_impl.tensorflow import tf_keras

    warnings.simplefilter("ignore")
    rng = np.random.default_rng(0)
    three, two = make_models(keras), make_models(tf_keras)
    for name in NAMES:
        if name.endswith("_of_2"):
            start = name.removesuffix("_of_2")
            save(two[start](), folder / f"{name}{KERAS_2[start]}", rng)
        else:
            save(three[name.removesuffix("_of_3")](), folder / f"{name}{'.h5' if '_of_3' in name else '.keras'}", rng)
    if (path := folder / "front_zeros_of_2.keras").exists():
        with renamed_weights(path) as file:
            groups = []
            file.visit(lambda name: None if "vars" in name or "/" not in name else groups.append(name))
            # What is inside a group first, or its name would change with that of the group.
            for name in sorted(groups, key=len, reverse=True):
                file.move(name, name.replace("/", "\\"))
    if (path := folder / "front_unrolled_of_2.keras").exists():
        with renamed_weights(path) as file:
            file.move("layers", "_layer_checkpoint_dependencies")
    # HDF5 under the other name.
    if (path := folder / "front_sequences_of_2.h5").exists():
        path.rename(path.with_suffix(".keras"))
    for number, make in enumerate(make_refused(keras).values()):
        make().save(folder / f"refused_{number}.keras")
    for name, inputs in INPUTS.items():
        if not isinstance(inputs, dict):
            np.save(folder / f"{name}.npy", inputs)


def save(model, path, rng):
    """Save a model, its weights not as Keras starts them, so that no bias is 0; and what it predicts."""
    name = path.stem
    for variable in model.trainable_variables:
        variable.assign(rng.normal(0, 0.6, variable.shape))
    for variable in model.non_trainable_variables:
        if "moving" in variable.name:
            variable.assign(rng.uniform(0.5, 2, variable.shape))
    model.save(path)
    # To make a graph of each model would take most of the time.
    model.run_eagerly = True
    inputs = INPUTS[name.split("_")[0]]
    inputs = list(inputs.values()) if isinstance(inputs, dict) else inputs
    outputs = model.predict(inputs, verbose=0, batch_size=2 if name.startswith("batches") else 32)
    np.savez(path.with_name(f"{path.stem}_expected.npz"), *(outputs if isinstance(outputs, list) else [outputs]))


@contextmanager
def renamed_weights(path):
    """Yield the weights in an archive, to be given other names: those of Windows, or of an older Keras 2."""
    import h5py

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    weights = io.BytesIO(members["model.weights.h5"])
    with h5py.File(weights, "r+") as file:
        yield file
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**members, "model.weights.h5": weights.getvalue()}.items():
            archive.writestr(name, content)


@pytest.fixture(scope="module")
def built():
    """Return the folder of all models, made anew where a source or a version has changed."""
    sources = [Path(__file__), ROOT / "parity_tests" / "keras_models.py"]
    versions = [metadata.version(package).encode() for package in ("tensorflow", "keras", "tf-keras", "numpy")]
    digest = hashlib.sha256(b"".join([path.read_bytes() for path in sources] + versions)).hexdigest()[:16]
    kept = ROOT / ".cache" / f"keras-models-{digest}"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        code = "import pathlib, sys; from parity_tests.test_run_model import build\n"
        code += "build(pathlib.Path(sys.argv[1]))"
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            made = Path(folder, "models")
            made.mkdir()
            done = run("-c", code, made, PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "examples")]))
            assert done.returncode == 0, done.stderr
            # Another process may have been quicker.
            with suppress(OSError):
                made.rename(kept)
    return kept


@pytest.fixture(scope="module")
def folder(built, tmp_path_factory, request):
    """Return a folder with the models that the tests to run need, those exported, and the inputs."""
    folder, here = tmp_path_factory.mktemp("models"), request.module.__name__
    # The pages are tests, too, and of no module.
    tests = [test for test in request.session.items if getattr(getattr(test, "module", None), "__name__", "") == here]
    names = {getattr(test, "callspec", None) and test.callspec.params.get("name") for test in tests}
    for path in built.iterdir():
        os.symlink(path, folder / path.name)
    for path in [*folder.glob("*.keras"), *folder.glob("*.h5")]:
        # For a few tests of one model each, those models alone.
        if not path.stem.startswith("refused_") and (None in names or path.stem in names):
            export(path)
    return folder


def export(path):
    """Return what the program returns when it exports a model, or the words with which it ends."""
    with warnings.catch_warnings():
        # Where a model is loaded, Keras warns of a change in NumPy.
        warnings.simplefilter("ignore")
        try:
            return main(["export", str(path), str(path.with_suffix(".npz"))])
        except SystemExit as stopped:
            return stopped.code


def outputs_of(folder, name, out, *options):
    """Return what the program makes of the inputs of a model."""
    start = name.split("_")[0]
    inputs, outputs = folder / f"{start}.npy", out / "outputs.npz"
    if isinstance(INPUTS[start], dict):
        inputs = out / "inputs.npz"
        np.savez(inputs, **INPUTS[start])
    assert main(["run", *map(str, [folder / f"{name}.npz", inputs, outputs, *options])]) == 0
    with np.load(outputs) as file:
        return {str(number): file[output] for number, output in enumerate(file.files)}


def expected_of(folder, name):
    with np.load(folder / f"{name}_expected.npz") as file:
        return {str(number): file[output] for number, output in enumerate(file.files)}


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_run_as_keras_runs_it(folder, tmp_path, name):
    assert_parity(outputs_of(folder, name, tmp_path), expected_of(folder, name))


@pytest.mark.parametrize("name", ["text_tagger", "front_both", "numbers_recurrent"])
def test_numba_computes_the_same(folder, tmp_path, name):
    assert_parity(outputs_of(folder, name, tmp_path, "--engine", "numba"), expected_of(folder, name))


def test_what_cannot_be_run_is_refused_by_name(folder):
    from tf_impl.keras_layers import keras

    for number, words in enumerate(make_refused(keras)):
        said = export(folder / f"refused_{number}.keras")
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
    assert "outputs.npy: dense" in done.stdout
    assert "float32 [5, 2]" in done.stdout
    assert_parity({"0": np.load(files[2])}, expected_of(folder, "text_functional"))
    arguments = ["export", folder / "text_functional.keras", tmp_path / "weights.npz"]
    environment = without(tmp_path, "tensorflow", "tf_keras", "keras")
    done = run(PROGRAM, *arguments, **environment, TF_USE_LEGACY_KERAS="1")
    assert done.returncode == 1
    assert "need tensorflow, which is in the extra 'tf': pip install " in done.stderr
    assert len(done.stderr.splitlines()) == 1
    environment = without(tmp_path, "h5py")
    done = run(PROGRAM, "export", folder / "front_last_of_3.h5", tmp_path / "weights.npz", **environment)
    assert "h5py, which is in the extra 'tf'" in done.stderr


def test_export_from_the_shell(folder, tmp_path):
    done = run(PROGRAM, "export", folder / "talk_decoder.keras", tmp_path / "weights.npz")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "inputs: first [B, 6], second [B, 6]" in done.stdout
    assert "outputs: decoding, above" in done.stdout
    assert "weights.npz: 4 layers, 367 weights" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["weights.npz"]
    # Whoever exports a model twice has the same file.
    assert (tmp_path / "weights.npz").read_bytes() == (folder / "talk_decoder.npz").read_bytes()


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
        ("text_tagger", np.full((2, 6), 10), "numbers[0, 0] is 10, but the table has rows 0 to 9"),
        ("text_tagger", np.full((2, 6), -1), "numbers[0, 0] is -1, but the table has rows 0 to 9"),
        ("text_tagger", np.full((2, 6), 0.5), "must be integers that fit int32, but is float64 with others"),
        ("text_tagger", np.full((2, 6), 2**32), "must be integers that fit int32, but is int64 with others"),
        ("text_tagger", np.ones((2, 7), int), "must be [B, 6], but is [2, 7]"),
        ("text_functional", np.ones((2, 6, 1), int), "must be [B, any], but is [2, 6, 1]"),
        (
            "talk_decoder",
            {"first": np.full((2, 6), 0.5), "second": np.ones((2, 6))},
            "must be integers, but at [0, 0] there is 0.5",
        ),
        ("numbers_relu", np.ones((2, 6, 4)), "must be [B, any, 3], but is [2, 6, 4]"),
        ("numbers_relu", np.ones((2, 0, 3)), "inputs must have at least one time step"),
        ("numbers_relu", np.ones((2, 6, 3), complex), "must be numbers, but is complex128"),
        ("batches_stateful", np.ones((3, 5, 3)), "the model takes batches of 2 rows, but the inputs have 3"),
        ("pair_shared", np.ones((2, 6, 3)), "the model has 2 inputs: give an .npz file with the arrays first, second"),
        ("pair_shared", {"first": np.ones((2, 6, 3))}, "the inputs have no array 'second'; there are 'first'"),
        (
            "pair_shared",
            {"first": np.ones((2, 6, 3)), "second": np.ones((1, 6, 3))},
            "the inputs must have as many rows each, but have 1, 2",
        ),
    ],
)
def test_inputs_that_do_not_fit_are_refused(folder, tmp_path, name, inputs, words):
    path = tmp_path / "inputs"
    with open(path, "wb") as file:
        np.savez(file, **inputs) if isinstance(inputs, dict) else np.save(file, inputs)
    assert words in refusal("run", folder / f"{name}.npz", path, tmp_path / "outputs.npz")
    assert not (tmp_path / "outputs.npz").exists()


def test_a_damaged_file_is_refused_and_nothing_is_written(folder, tmp_path):
    whole = (folder / "text_tagger.npz").read_bytes()
    weights, outputs = tmp_path / "weights.npz", tmp_path / "outputs.npy"
    outputs.write_text("kept")
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    for damaged in (b"", whole[:3], whole[:100], whole[: len(whole) // 2], whole[:-1], bytes(flipped)):
        weights.write_bytes(damaged)
        said = refusal("run", weights, folder / "text.npy", outputs)
        assert f"{weights} is not a whole file written by export" in said
    for arrays, words in [
        ({"kernel": np.ones(3)}, "is not a whole file written by export"),
        ({"architecture": "[" * 10**5}, "is not a whole file written by export"),
        ({"architecture": json.dumps({"format": "a model for unrolled, 2"})}, "another version of this program"),
        ({"architecture": json.dumps({"format": "a model for unrolled, 3"})}, "is not whole"),
    ]:
        np.savez(weights, **arrays)
        assert words in refusal("run", weights, folder / "text.npy", outputs)
    inputs = tmp_path / "inputs.npy"
    inputs.write_bytes((folder / "text.npy").read_bytes()[:-1])
    assert f"{inputs} is not a whole .npy file" in refusal("run", folder / "text_tagger.npz", inputs, outputs)
    np.save(inputs, np.array([{}]), allow_pickle=True)
    assert "Object arrays cannot be loaded" in refusal("run", folder / "text_tagger.npz", inputs, outputs)
    assert "No such file" in refusal("run", tmp_path / "none.npz", inputs, outputs)
    assert "there is no folder" in refusal(
        "run", folder / "text_tagger.npz", folder / "text.npy", tmp_path / "none" / "out.npy"
    )
    assert "7 outputs take a name that ends in .npz" in refusal(
        "run", folder / "numbers_norm.npz", folder / "numbers.npy", outputs
    )
    assert outputs.read_text() == "kept"


def test_an_exported_file_without_a_weight_or_with_one_that_does_not_fit_is_refused(folder, tmp_path):
    weights, outputs = tmp_path / "weights.npz", tmp_path / "outputs.npy"
    with np.load(folder / "text_tagger.npz") as file:
        arrays = dict(file)
    # What made the mask is no layer, but has a number too.
    kernel = next(name for name in arrays if name.endswith("/recurrent_kernel"))
    np.savez(weights, **{name: array for name, array in arrays.items() if name != kernel})
    assert f"{weights} is not whole: KeyError '{kernel}'" in refusal("run", weights, folder / "text.npy", outputs)
    np.savez(weights, **{**arrays, kernel: np.ones((3, 3), np.float32)})
    said = refusal("run", weights, folder / "text.npy", outputs)
    assert "simple_rnn, a SimpleRNN, cannot be run on inputs of shape [5, 6, 3]" in said
    assert not outputs.exists()


@pytest.mark.parametrize(("kept", "words"), [(0, "is not whole: ValueError it has no outputs"), (2, "names 2 outputs")])
def test_an_exported_file_with_other_outputs_than_its_model_is_refused(folder, tmp_path, kept, words):
    weights, outputs = tmp_path / "weights.npz", tmp_path / "outputs.npz"
    with np.load(folder / "text_tagger.npz") as file:
        arrays = dict(file)
    description = json.loads(str(arrays["architecture"]))
    description["outputs"] = [f"output {number}" for number in range(kept)]
    np.savez(weights, **{**arrays, "architecture": json.dumps(description)})
    assert words in refusal("run", weights, folder / "text.npy", outputs)
    assert not outputs.exists()


@pytest.mark.parametrize("size", [0, -1, True, 2.0, "3"])
def test_an_exported_file_with_inputs_of_no_size_is_refused(folder, tmp_path, size):
    weights = tmp_path / "weights.npz"
    with np.load(folder / "text_tagger.npz") as file:
        arrays = dict(file)
    description = json.loads(str(arrays["architecture"]))
    description["inputs"][0]["shape"][0] = size
    np.savez(weights, **{**arrays, "architecture": json.dumps(description)})
    assert "its inputs have no shapes" in refusal("run", weights, folder / "text.npy", tmp_path / "outputs.npy")


def test_what_is_no_model_is_named(folder, tmp_path):
    archive, model = (folder / "text_tagger.keras").read_bytes(), tmp_path / "model.keras"
    for content, words in [
        (b"", "is neither a model of Keras or ONNX nor a file of safetensors: it begins with b''"),
        (b"junk and more of it", "nor a file of safetensors: it begins with b'junk and'"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "is a pointer of Git LFS"),
        (archive[: len(archive) // 2], "is not a whole model saved by Keras"),
        (b"\x89HDF\r\n\x1a\n and no more", "is not a whole model saved by Keras"),
        ((folder / "text_tagger.npz").read_bytes(), "is not a whole model saved by Keras"),
    ]:
        model.write_bytes(content)
        assert words in refusal("export", model, tmp_path / "weights.npz")
    assert "No such file" in refusal("export", tmp_path / "none.keras", tmp_path / "weights.npz")
    assert "is a folder" in refusal("export", tmp_path, tmp_path / "weights.npz")
    h5py = pytest.importorskip("h5py")
    with h5py.File(model, "w") as file:
        file["kernel"] = np.ones(3)
    assert "holds weights alone" in refusal("export", model, tmp_path / "weights.npz")
    # Keras 2 would run the code in it, wherever it stands.
    code = {"class_name": "Lambda", "config": {"name": "code"}}
    dense = {"class_name": "Dense", "config": {"name": "dense", "activation": code}}
    with h5py.File(model, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": [dense]})
    said = refusal("export", model, tmp_path / "weights.npz")
    assert "code is a Lambda, which cannot be run: it is Python code" in said
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_an_archive_with_a_member_that_is_not_stored_is_named(folder, tmp_path):
    shutil.copy(folder / "text_tagger.keras", tmp_path / "model.keras")
    for method in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        with zipfile.ZipFile(tmp_path / "model.keras", "w", method) as archive:
            archive.writestr("config.json", "{}" * 100)
        data = bytearray((tmp_path / "model.keras").read_bytes())
        data[60:70] = bytes(10)
        (tmp_path / "model.keras").write_bytes(data)
        said = refusal("export", tmp_path / "model.keras", tmp_path / "weights.npz")
        assert "is not a whole model saved by Keras" in said


def test_help_and_bad_arguments(capsys):
    for arguments, code, words in [
        (["--help"], 0, "Layers of Keras that can be run: Activation,"),
        (["--help"], 0, "Operators of ONNX: Abs, Add,"),
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
