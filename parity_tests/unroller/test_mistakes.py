"""Every mistake of the page is a planted fault of that name, and the page's numbers are scratch's with the fault."""

import importlib
import inspect
import json
import sys
import types

import numpy as np
import pytest

from parity_tests.faults import FAULTS
from parity_tests.harness import assert_parity
from parity_tests.unroller.problems import PAGE, Sizes, draw, make_cell, of_letters, parts_of
from parity_tests.unroller.witness import run

# Every unroll runs these, so a fault in one of them is planted in its place.
USED_BY_ALL = ("scratch/loop.py", "scratch/engines.py", "scratch/arguments.py")
LISTED = "Unroller.mistakes.map(({ id, source, title, cells, needs }) => ({ id, source, title, cells, needs }))"
COMPUTE = """([setting, id]) => {
  const wrong = Unroller.compute(setting, Unroller.findMistake(id));
  const right = Unroller.compute(setting);
  const output = ({ steps }) => steps.map((step) => step.output);
  const inputs = ({ steps }) => steps.map((step) => step["∂x_t"]);
  const all = (result) => ({ output: output(result), "∂x": inputs(result), ...named(result) });
  const named = ({ final, d_initial, totals }) => ({ final, "∂initial": d_initial, totals });
  return JSON.stringify([all(wrong), all(right)]);
}"""


def planted(fault, monkeypatch):
    """Return the module of a fault with the fault in it, beside the sound one or in its place."""
    name = fault.path.removesuffix(".py").replace("/", ".")
    module = types.ModuleType(f"{name}_planted")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    source = fault.planted((PAGE.parents[2] / fault.path).read_text(encoding="utf-8"))
    module.source = source
    exec(compile(source, f"{fault.path} with a fault", "exec"), vars(module))
    if fault.path in USED_BY_ALL:
        sound = functions_of(importlib.import_module(name))
        for place, function in functions_of(module).items():
            monkeypatch.setattr(sound[place], "__code__", function.__code__)
    return module


def functions_of(module):
    """Return the functions of a module, and the methods and properties of its classes, by name."""
    owners = [module, *(part for part in vars(module).values() if inspect.isclass(part))]
    parts = [getattr(part, "fget", part) for owner in owners for part in vars(owner).values()]
    own = [inspect.unwrap(part) for part in parts if inspect.isfunction(part) and part.__module__ == module.__name__]
    # Not what dataclasses write themselves.
    return {part.__qualname__: part for part in own if part.__code__.co_filename != "<string>"}


def run_planted(module, setting):
    """Return what ``run`` returns, by scratch with ``module`` in the place of the sound one."""
    classes = {"rnn": "BasicRNNCell", "lstm": "BasicLSTMCell", "gru": "GRUCell", "full": "LSTMCell"}
    given = {word: vars(module)[name] for word, name in classes.items() if f"class {name}(" in module.source}
    cell = make_cell(setting["cell"], setting["units"], setting["forget_bias"], **given)
    if hasattr(module, "static_rnn_backward"):
        return run(cell, setting, *in_one_piece(module))
    unrolls = [vars(module)[name] for name in ("truncated_rnn", "truncated_rnn_backward") if name in vars(module)]
    return run(cell, setting, *unrolls, **({"wrapper": module.DropoutWrapper} if hasattr(module, "drop") else {}))


def in_one_piece(module):
    """Return the two functions of ``static_rnn`` as those of windows: the window is the whole."""

    def unroll(cell, params, inputs, _, lengths, state):
        outputs, final, tape = module.static_rnn(cell, params, list(inputs.swapaxes(0, 1)), state, lengths)
        return np.stack(outputs, 1), final, tape

    def unroll_backward(tape, d_outputs, d_final):
        d_inputs, d_initial, d_params = module.static_rnn_backward(tape, list(d_outputs.swapaxes(0, 1)), d_final)
        return np.stack(d_inputs, 1), d_initial, d_params

    return unroll, unroll_backward


def fitting(mistake, name, rng):
    """Return a drawn setting in which a mistake can show: several units, rows that end, windows or dropout."""
    window = 2 if "truncated" in mistake["source"] else 0
    keep = {"x": 0.7, "y": 0.6, "h": 0.5} if "dropout" in mistake["source"] else dict.fromkeys("xyh", 1)
    setting = draw(rng, name, Sizes(3, 5, 2, 3), window, keep)
    return setting | {"lengths": [5, 3, 1], "counted": [[1] * 3] * 5, "forget_bias": 1.0}


def test_every_mistake_is_a_planted_fault_and_gives_its_numbers(unroller, monkeypatch):
    listed = unroller.evaluate(LISTED)
    assert len(listed) >= 40
    assert len({mistake["id"] for mistake in listed}) == len(listed)
    faults = {(fault.path, fault.what): fault for fault in FAULTS}
    rng = np.random.default_rng(7)
    for mistake in listed:
        monkeypatch.undo()
        module = planted(faults[mistake["source"], mistake["title"]], monkeypatch)
        # Of what is around every cell, one with a memory c and one without.
        for name in mistake["cells"][:2]:
            setting = fitting(mistake, name, rng)
            wrong, right = json.loads(unroller.evaluate(COMPUTE, [setting, mistake["id"]]))
            assert wrong != right, mistake["id"]
            output, final, _, d_inputs, d_initial, d_params = run_planted(module, setting)
            expected = {"output": output, "∂x": d_inputs, "final": parts_of(final), "∂initial": parts_of(d_initial)}
            expected["totals"] = of_letters(name, d_params)
            actual = {key: as_arrays(value) for key, value in wrong.items()}
            try:
                assert_parity(actual, expected)
            except AssertionError as error:
                pytest.fail(f"{mistake['id']}, {name}: {error}")


def as_arrays(value):
    """Return the lists of a tree as arrays."""
    return {key: as_arrays(part) for key, part in value.items()} if isinstance(value, dict) else np.array(value, float)


def test_every_mistake_shows_in_the_setting_that_the_page_prepares(unroller):
    """Switched on from the page's first setting, each changes a number, and the page marks and counts what changes."""
    shown = unroller.evaluate("""Unroller.mistakes.map(({ id }) => {
      const { page } = Unroller;
      page.setting = Unroller.start();
      page.plant(id);
      const { count, of } = Unroller.differences(page);
      const words = document.getElementById("changes").textContent;
      return [id, count, of, document.querySelectorAll(".number.changed").length, words];
    })""")
    for name, count, of, marked, words in shown:
        assert 0 < count < of, name
        assert marked > 0, name
        assert f"{count} of {of} numbers change" in words, name
    unroller.evaluate("Unroller.page.reset()")
