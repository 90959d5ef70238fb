"""TensorFlow's own checkpoints: what ``tf.compat.v1.train.Saver`` writes and reads, as arrays under the same names."""

from typing import Any

from scratch.arrays import Array, FilePath
from scratch.variables import match_names
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


def save_checkpoint(path: FilePath, variables: dict[str, Array]) -> str:
    """Write ``{name: array}`` as a checkpoint of ``v1.train.Saver`` with the prefix ``path``, and return the prefix.

    A TensorFlow program whose variables have these names restores it with ``v1.train.Saver().restore``.
    """
    program = Program()
    with program.graph.as_default():
        # A graph may hold no more than 2 GB, so the arrays are fed.
        tensors = program.feed(variables)
        saver = v1.train.Saver({name: v1.Variable(tensor) for name, tensor in tensors.items()})
        program.run(v1.global_variables_initializer())
        return saver.save(program.session, str(path), write_meta_graph=False)


def load_checkpoint(path: FilePath) -> dict[str, Array]:
    """Return ``{name: array}`` of a checkpoint that ``v1.train.Saver`` wrote with the prefix ``path``."""
    reader = tf.train.load_checkpoint(str(path))
    return {name: reader.get_tensor(name) for name in sorted(reader.get_variable_to_shape_map())}


def latest_checkpoint(folder: FilePath) -> str | None:
    """Return the prefix of the newest checkpoint in a folder, ``None`` where there is none."""
    return tf.train.latest_checkpoint(str(folder))


def session_variables(session: Any) -> dict[str, Array]:
    """Return ``{name: array}`` of all variables of a session: weights, slots, powers of β, the step."""
    with session.graph.as_default():
        return session.run({variable.op.name: variable for variable in v1.global_variables()})


def restore_session(session: Any, variables: dict[str, Array]) -> None:
    """Give every variable of a session its array in ``{name: array}``, which may hold more.

    A name may be TensorFlow's or, with fewer scopes, a path of scratch's: see ``scratch/variables.py``. Raises
    ``ValueError`` where one is missing, or where one array would go to several variables.
    """
    with session.graph.as_default():
        by_name = {variable.op.name: variable for variable in v1.global_variables()}
        matched = {path: names for path, names in match_names(variables, by_name).items() if names}
        for name in by_name.keys() - {name for names in matched.values() for name in names}:
            raise ValueError(f"variables has no {name!r}, which the session has")
        for path, names in matched.items():
            if len(names) > 1:
                raise ValueError(f"{path!r} of variables would go to {names}: name each as the session does")
            by_name[names[0]].load(variables[path], session)
