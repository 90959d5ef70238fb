"""The adapters, each behind the grader that it is for."""

import importlib.util
import json
import warnings

import pytest

from parity_tests.grade.adapters import nbgrader, otter, prairielearn
from parity_tests.grade.course import SOLUTIONS

RIGHT = (SOLUTIONS / "flatten_time.py").read_text(encoding="utf-8")
WRONG = RIGHT.replace("np.swapaxes(inputs, 0, 1)", "inputs")
HINT = "look again at: swapped_{t,b} = inputs_{b,t}"


def loaded(source, folder):
    """Return the names of a file, as of a notebook that has been run."""
    path = folder / "answer.py"
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("answer", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)


@pytest.mark.parametrize(("source", "passed"), [(RIGHT, True), (WRONG, False)], ids=["right", "wrong"])
def test_otter_gives_the_points_and_shows_the_hint(tmp_path, source, passed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from otter.nbmeta_config import NBMetadataConfig
        from otter.test_files import create_test_file
    test = tmp_path / "time_major.py"
    test.write_text(otter.otter_test("flatten_time", "time_major"), encoding="utf-8")
    file = create_test_file(str(test), NBMetadataConfig())
    file.run(loaded(source, tmp_path))
    assert (file.passed_all, file.score) == (passed, 1 if passed else 0)
    assert passed or HINT in file.test_case_results[0].message


@pytest.mark.parametrize(("source", "passed"), [(RIGHT, True), (WRONG, False)], ids=["right", "wrong"])
def test_nbgrader_runs_the_cells_and_shows_the_hint(tmp_path, source, passed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.preprocessors import CheckCellMetadata
        from nbgrader.utils import determine_grade
    import nbformat

    notebook = nbformat.from_dict(nbgrader.source_notebook("flatten_time"))
    nbformat.validate(notebook)
    CheckCellMetadata().preprocess(notebook, {})
    (test,) = [cell for cell in notebook.cells if cell.id == "test-time_major"]
    try:
        exec(test.source, loaded(source, tmp_path))
    except AssertionError as error:
        test.outputs = [
            nbformat.v4.new_output("error", ename="AssertionError", evalue=str(error), traceback=[str(error)])
        ]
    assert determine_grade(test) == (1 if passed else 0, 1)
    assert passed or HINT in test.outputs[0].evalue


def test_nbgrader_takes_the_solutions_out(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.preprocessors import ClearSolutions
    import nbformat

    notebook = nbformat.from_dict(nbgrader.source_notebook("lstm"))
    cleared, _ = ClearSolutions().preprocess(notebook, {})
    (cell,) = [cell for cell in cleared.cells if cell.id == "write-lstm_backward"]
    assert "YOUR CODE HERE" in cell.source
    assert "# c' = f ⊙ c + i ⊙ j" in cell.source


def test_prairielearn_gets_its_results(tmp_path):
    answer, results = tmp_path / "flatten_time.py", tmp_path / "results" / "results.json"
    answer.write_text(WRONG, encoding="utf-8")
    assert prairielearn.main([str(answer), str(results)]) == 0
    told = json.loads(results.read_text(encoding="utf-8"))
    assert told["gradable"]
    assert told["score"] == pytest.approx(2 / 3)
    assert [test["points"] for test in told["tests"]] == [1, 1, 0]
    assert HINT in told["tests"][2]["message"]
    other = tmp_path / "answer.py"
    other.write_text("print('nothing to mark')", encoding="utf-8")
    prairielearn.main([str(other), str(results)])
    assert json.loads(results.read_text(encoding="utf-8"))["gradable"] is False


@pytest.mark.parametrize("adapter", [nbgrader, otter])
def test_an_adapter_writes_all_exercises(tmp_path, adapter, capsys):
    assert adapter.main([str(tmp_path)]) == 0
    assert len(list(tmp_path.iterdir())) == int(capsys.readouterr().out.split()[0]) >= 38
