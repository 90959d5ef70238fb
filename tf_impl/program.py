"""A TF1 program: a graph, the arrays that go into it, the session that runs it, and its adjoint.

Every twin is written the same way::

    program = Program()
    with program.graph.as_default():
        x = program.feed(x)                          # a placeholder, and the array to feed it
        y = …                                        # TensorFlow's own parts
        weights = program.load(params, variables)    # the variables, by name
        program.differentiate((y,), (x, weights))    # TensorFlow's own differentiation
    (y,) = program.run((y,))                         # NumPy arrays
    d_x, d_params = program.backward((d_y,))
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from scratch.arrays import Array, Params, Shaped, Tree
from scratch.tree import map_tree
from scratch.variables import match_names
from tf_impl.tensorflow import Tensor, tf, v1


class Program:
    """A graph in the making, its feeds and its session; also the tape of a twin, since the graph remembers it all."""

    def __init__(self) -> None:
        self.graph = tf.Graph()
        # These graphs are small, and a single thread adds in one order.
        config = v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
        # They run once or twice: as they are written, since to rewrite them takes longer than it saves.
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        config.graph_options.optimizer_options.opt_level = v1.OptimizerOptions.L0
        self.session = v1.Session(graph=self.graph, config=config)
        self.feeds: dict[Any, Array] = {}
        self.assigns: list[Any] = []
        self.d_results: tuple[Tree, ...] = ()
        self.d_arguments: Any = None

    def feed(self, tree: Tree) -> Tree:
        """Return placeholders in the structure of ``tree``; every ``run`` feeds them its arrays."""

        def placeholder(array: Shaped[Array, "..."]) -> Shaped[Tensor, "..."]:
            tensor = v1.placeholder(array.dtype, array.shape)
            self.feeds[tensor.ref()] = array
            return tensor

        return tf.nest.map_structure(placeholder, tree)

    def load(self, params: Params, variables: Sequence[Tensor]) -> Params:
        """Let the first ``run`` copy the nested dict ``params`` into TensorFlow's ``variables``, by name.

        Return ``params`` with the variables for its leaves.
        """
        paths = dict_of_paths(params)
        by_path = match(tf.nest.flatten(paths), variables)
        tree = map_tree(by_path.get, paths)
        map_tree(lambda variable, array: self.assigns.append(variable.assign(array).op), tree, self.feed(params))
        return tree

    def differentiate(self, results: tuple[Tree, ...], arguments: tuple[Tree, ...]) -> None:
        """Add to the graph the gradients of ``arguments``, given those of ``results``; both are tuples of trees."""
        self.d_results = tf.nest.map_structure(lambda tensor: v1.placeholder(tensor.dtype, tensor.shape), results)
        d_arguments = tf.gradients(
            tf.nest.flatten(results),
            tf.nest.flatten(arguments),
            grad_ys=tf.nest.flatten(self.d_results),
            unconnected_gradients="zero",
        )
        self.d_arguments = tf.nest.pack_sequence_as(arguments, d_arguments)

    def feed_dict(self) -> dict[Tensor, Shaped[Array, "..."]]:
        return {reference.deref(): array for reference, array in self.feeds.items()}

    def run(self, tree: Tree) -> Any:
        """Return ``tree`` with a NumPy array for every tensor."""
        # Only now: a graph that a session has run must not be differentiated any more.
        assigns, self.assigns = self.assigns, []
        self.session.run(assigns, self.feed_dict())
        return self.session.run(tree, self.feed_dict())

    def backward(self, d_results: tuple[Tree, ...]) -> Any:
        """Return the gradients of the arguments, given those of the results; ``None`` stands for zeros."""
        feeds = self.feed_dict()
        for placeholders, arrays in zip(self.d_results, d_results, strict=True):
            if arrays is None:
                arrays = tf.nest.map_structure(lambda d: np.zeros(d.shape, d.dtype.as_numpy_dtype), placeholders)
            feeds |= zip(tf.nest.flatten(placeholders), tf.nest.flatten(arrays), strict=True)
        return self.session.run(self.d_arguments, feeds)


def dict_of_paths(params: Any, path: tuple[str, ...] = ()) -> Any:
    """Return the nested dict ``params`` with every leaf's path, such as ``"cell_0/kernel"``, in its place."""
    if isinstance(params, dict):
        return {key: dict_of_paths(branch, (*path, key)) for key, branch in params.items()}
    return "/".join(path)


def match(paths: Sequence[str], variables: Sequence[Tensor]) -> dict[str, Tensor]:
    """Return ``{path: variable}``, each path of a parameter with the variable that it stands for.

    Raises ``ValueError`` where ``scratch.variables.match_names`` leaves a path or a variable alone.
    """
    by_name = {variable.name.removesuffix(":0"): variable for variable in variables}
    matched = match_names(paths, by_name)
    if any(len(names) != 1 for names in matched.values()) or len(matched) != len(by_name):
        raise ValueError(f"parameters {sorted(paths)} do not match variables {list(by_name)}")
    return {path: by_name[name] for path, (name,) in matched.items()}
