"""One worker of a cluster. All workers do the same; the chief, in between, reads and writes the files."""

import os
import signal
import sys

import numpy as np

from cluster import BATCH_SIZE, NUM_SHARDS, TRY_AGAIN
from cluster.check import gradients_agree
from cluster.report import report
from cluster.saved import to_save, to_start_with
from scratch.finite import check_finite
from scratch.tasks.sentences import make_corpus, shard_paths, write_rows
from scratch.tasks.tagging import OPTIMIZER, Tagger
from scratch.training.checkpoint import CheckpointManager
from tf_impl.tasks.distributed import DistributedTrainer, batches, from_chief, join_cluster
from tf_impl.tensorflow import tf

SAVE_EVERY = 10


def work(arguments, sentences, console):
    """Train to the end and return the status to end with; ``console`` is the chief's, ``None`` in all other workers."""
    corpus = make_corpus(np.random.default_rng(arguments.seed), sentences)
    try:
        return train(arguments, corpus, console)
    except tf.errors.OpError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        # Not sys.exit: on its way out TensorFlow would wait for the workers that are gone.
        os._exit(TRY_AGAIN)


def train(arguments, corpus, console):
    tagger = Tagger(corpus.vocabulary.size, len(corpus.labels))
    params = tagger.init_params(np.random.default_rng(arguments.seed), np.float64)
    slots, losses, folder = OPTIMIZER.init_slots(params), [], arguments.out / "records"
    if console:
        folder.mkdir(exist_ok=True)
        write_rows(folder, "train", corpus.training, NUM_SHARDS)
        manager = CheckpointManager(arguments.out / "checkpoints", max_to_keep=2)
        params, slots, losses = to_start_with(manager.folder, corpus, params, slots)

    # A peer may be silent without being dead: whoever waits for it longer than this is ended by the system.
    signal.alarm(arguments.timeout)
    strategy, paths = join_cluster(), shard_paths(folder, "train", NUM_SHARDS)
    # All wait for the chief here; from now on the files are there.
    step = int(from_chief(strategy, {"step": np.int64(len(losses))})["step"])
    element_spec = batches(strategy, paths, BATCH_SIZE).element_spec
    trainer = DistributedTrainer(strategy, tagger, params, slots, element_spec)
    if arguments.check and step == 0 and not gradients_agree(trainer, tagger, params, paths, console):
        return 1

    steps_an_epoch = -(-len(corpus.training) // BATCH_SIZE)
    num_steps = arguments.epochs * steps_an_epoch
    while step < num_steps:
        for batch in batches(strategy, paths, BATCH_SIZE, skipped=step % steps_an_epoch):
            signal.alarm(arguments.timeout)
            losses.append(trainer.step(batch))
            step += 1
            # All workers have the same loss and the same weights: all of them stop, at the same step.
            check_finite(step, {"the loss": losses[-1]})
            if step % SAVE_EVERY == 0 or step == num_steps:
                state = trainer.state()
                check_finite(step, {"weights": state})
                if not console:
                    continue
                manager.save(step, to_save(state, losses, corpus))
                console.print(f"step {step} of {num_steps}, loss {losses[-1]:.6f}")
    return report(tagger, trainer.state(), losses, corpus, arguments, console) if console else 0
