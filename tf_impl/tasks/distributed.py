"""The tagger trained by several processes: ``tf.distribute.MultiWorkerMirroredStrategy``.

    n = Σ over the workers of their words
    g = Σ over the workers of ∂(Σ losses of their words / n)

Every worker holds the same weights, reads files of its own, and computes its part of the gradient. TensorFlow's
all-reduce hands the sum to each, and each takes the same step. A worker that has no sentence left adds 0 words and 0.
The page is ``docs/tasks/distributed.md``.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import scratch.tasks.tagging as description
from scratch.arrays import Array, FilePath, Params
from scratch.layer import Given
from scratch.options import check_count
from scratch.training.optimizers import slot_variables
from scratch.tree import named_leaves
from tf_impl.tasks.sentences import dataset_of
from tf_impl.tensorflow import Tensor, tf
from tf_impl.training import optimizers
from tf_impl.training.network import build_network

# A warning of the base class of the TF1 cells, whenever one is called inside a tf.function.
warnings.filterwarnings("ignore", r"`layer\.updates`", UserWarning)


def join_cluster() -> Any:
    """Return the strategy of the cluster that ``TF_CONFIG`` describes, as one worker of it: one replica, on the CPU."""
    tf.config.set_visible_devices([], "GPU")
    # A single thread adds in one order.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    return tf.distribute.MultiWorkerMirroredStrategy()


def batches(strategy: Any, paths: Sequence[FilePath], batch_size: int, skipped: int = 0) -> Any:
    """Return the ``TaggingBatch``es of one epoch as a distributed dataset, without the first ``skipped``.

    Worker m of M reads the files m, m + M, … and gives ``batch_size`` / M sentences to each batch. The files being
    dealt out by ``write_rows``, batch k of all workers is the sentences from k ``batch_size`` on, whatever M is.
    Raises ``ValueError`` where the files, or the sentences of a batch, do not divide among the workers.
    """
    workers = strategy.num_replicas_in_sync
    for name, size in (("files", len(paths)), ("sentences of a batch", check_count("batch_size", batch_size))):
        if size % workers:
            raise ValueError(f"{size} {name} do not divide among {workers} workers")

    def of_worker(context: Any) -> Any:
        sentences = dataset_of(paths[context.input_pipeline_id :: workers])
        return sentences.padded_batch(batch_size // workers).skip(skipped)

    return strategy.distribute_datasets_from_function(of_worker)


def from_chief(strategy: Any, arrays: dict[str, Array]) -> dict[str, Array]:
    """Return the chief's dict ``arrays`` in every worker: under the strategy, a variable starts with the chief's value.

    The others give arrays of the same names, shapes and dtypes.
    """
    with strategy.scope():
        return {name: tf.Variable(array).numpy() for name, array in arrays.items()}


class DistributedTrainer:
    """A ``Tagger`` in training on all workers of a strategy, each of which makes one and calls the same methods.

    - ``params``: from ``tagger.init_params``; ``slots`` from ``OPTIMIZER.init_slots``; the chief's are used.
    - ``element_spec``: that of the batches.
    """

    def __init__(
        self, strategy: Any, tagger: description.Tagger, params: Params, slots: Params, element_spec: Any
    ) -> None:
        self.strategy = strategy
        start = from_chief(strategy, dict(named_leaves(params)) | slot_variables(description.OPTIMIZER, slots))
        with strategy.scope():
            self.network = build_network(tagger.network, "", tagger.vocabulary_size, params["dense"]["kernel"].dtype)
            self.optimizer = optimizers.genuine(description.OPTIMIZER)
        self.weights = dict(named_leaves(self.network.weights))
        self.variables = self.weights | self.make_slots()
        for name, variable in self.variables.items():
            variable.assign(start[name])
        self.run_step = tf.function(lambda batch: strategy.run(self.replica_step, (batch,)), [element_spec])
        # Now: once this process has made a layer in a TF1 graph, as a twin does, these layers can be built in no other.
        self.run_step.get_concrete_function()
        self.run_gradients = tf.function(lambda batch: strategy.run(self.replica_gradients, (batch,)), [element_spec])

    def make_slots(self) -> dict[str, Tensor]:
        """Return the variables that the optimiser makes for itself at its first step, under ``scratch``'s names."""
        path_of = {variable.name.removesuffix(":0"): path for path, variable in self.weights.items()}
        slots = {}

        def creator(next_creator: Callable[..., Any], **options: Any) -> Tensor:
            variable = next_creator(**options)
            owner, _, slot = variable.name.removesuffix(":0").rpartition("/")
            slots[f"{path_of[owner]}/{slot}" if owner else slot] = variable
            return variable

        @tf.function
        def first_step() -> None:
            zeros = [(tf.zeros_like(variable), variable) for variable in self.weights.values()]
            self.strategy.run(lambda: self.optimizer.apply_gradients(zeros))

        with self.strategy.scope(), tf.variable_creator_scope(creator):
            first_step()
        return slots

    def replica_part(self, batch: Any) -> tuple[Tensor, list[Tensor]]:
        """Return ``(loss, [∂loss/∂θ])``, the loss that of all workers, the gradient this worker's part of its own."""
        # A worker with no sentence left gets [0, 0] words, and an unrolling wants at least one step.
        short = tf.maximum(1 - tf.shape(batch.words)[1], 0)
        words, labels = (tf.pad(numbers, [[0, 0], [0, short]]) for numbers in (batch.words, batch.labels))
        weights = list(self.weights.values())
        with tf.GradientTape() as tape:
            total, count = self.loss_sum(batch._replace(words=words, labels=labels))
        gradient = tape.gradient(total, weights)
        # Not the worker's own count: each word of the global batch weighs the same, whichever worker reads it.
        total, count = self.sum_over_workers([total, count])
        return total / count, [tf.convert_to_tensor(part) / count for part in gradient]

    def loss_sum(self, batch: Any) -> tuple[Tensor, Tensor]:
        """Return the sum of the losses of all real words, and how many they are, as a number of the same dtype."""
        words, labels, sequence_length = batch
        logits, _ = self.network.call(words, Given(sequence_length=sequence_length, training=True))
        mask = tf.sequence_mask(sequence_length, tf.shape(words)[1], logits.dtype)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        return tf.reduce_sum(losses * mask), tf.reduce_sum(mask)

    def sum_over_workers(self, tensors: list[Tensor]) -> list[Tensor]:
        return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, tensors)

    def replica_step(self, batch: Any) -> Tensor:
        loss, parts = self.replica_part(batch)
        # Under a strategy, TensorFlow's optimiser itself adds the parts of all workers.
        self.optimizer.apply_gradients(zip(parts, self.weights.values(), strict=True))
        return loss

    def replica_gradients(self, batch: Any) -> tuple[Tensor, list[Tensor]]:
        loss, parts = self.replica_part(batch)
        return loss, self.sum_over_workers(parts)

    def step(self, batch: Any) -> float:
        """Train on one batch of all workers and return its loss, before the weights change."""
        return float(self.run_step(batch))

    def gradients(self, batch: Any) -> tuple[float, dict[str, Array]]:
        """Return ``(loss, {path: gradient})`` of one batch of all workers."""
        loss, sums = self.run_gradients(batch)
        return float(loss), {path: gradient.numpy() for path, gradient in zip(self.weights, sums, strict=True)}

    def state(self) -> dict[str, Array]:
        """Return all that the next step depends on but its batch: weights and slots, under the names of ``scratch``."""
        return {name: variable.numpy() for name, variable in self.variables.items()}
