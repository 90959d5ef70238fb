"""Faults in the tasks."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "tasks/char_lm.py",
        "tasks/test_char_lm.py",
        (
            "the label is the character itself",
            "for i in (0, 1))",
            "for i in (0, 0))",
        ),
        (
            "the state not forgotten at a text's start",
            "    trainer.state = None\n",
            "",
        ),
        (
            "each window from a state of zeros",
            "clip=CLIP, carry_state=True,",
            "clip=CLIP, carry_state=False,",
        ),
        (
            "gradients not clipped",
            "LOSS, OPTIMIZER, clip=CLIP,",
            "LOSS, OPTIMIZER,",
        ),
        (
            "dropout while it writes",
            "Stream(without_dropout(cell.cell),",
            "Stream(cell.cell,",
        ),
        (
            "a prompt of which the first character alone is read",
            "list(model.numbers(prompt))",
            "list(model.numbers(prompt)[:1])",
        ),
        (
            "what is written not read",
            "        self.unread = [number]\n",
            "",
        ),
        (
            "the generator not taken up again",
            '        restore_generator(rng, saved["generator"])\n',
            "",
        ),
        (
            "the last epoch trained again",
            '"epoch": np.int64(epoch + 1)',
            '"epoch": np.int64(epoch)',
        ),
    ),
    *faults_in(
        "sampling.py",
        "tasks/test_char_lm.py",
        (
            "the logits times the temperature",
            'logits / temperature)',
            'logits * temperature)',
        ),
        (
            "the least likely kept",
            "np.argsort(-p,",
            "np.argsort(p,",
        ),
        (
            "the sum of what is kept taken for 1",
            "rng.random(p.shape[:-1]) * total[..., -1]",
            "rng.random(p.shape[:-1])",
        ),
        (
            "one number drawn for all rows",
            "rng.random(p.shape[:-1])",
            "rng.random()",
        ),
        (
            "a class too far",
            "(total <= drawn[..., None]).sum(axis=-1)",
            "(total <= drawn[..., None]).sum(axis=-1).clip(1)",
        ),
    ),
    *faults_in(
        "tasks/echo.py",
        "tasks/test_echo.py",
        (
            "the future is the label",
            "np.roll(x, echo_step)",
            "np.roll(x, -echo_step)",
        ),
        (
            "labels before the series' start kept",
            "    labels[:echo_step] = 0\n",
            "",
        ),
        (
            "state not reset at an epoch's start",
            "        state = trainer.zero_state(len(x))\n",
            "        state = trainer.zero_state(len(x)) if epoch == 0 else state\n",
        ),
        (
            "same data every epoch",
            "x, labels = generate_data(rng, total",
            "x, labels = generate_data(np.random.default_rng(0), total",
        ),
    ),
    *faults_in(
        "tasks/sentences.py",
        "tasks/test_sentences.py",
        (
            "each file a stretch of the rows",
            "rows[shard::num_shards]",
            "rows[shard * len(rows) // num_shards : (shard + 1) * len(rows) // num_shards]",
        ),
        (
            "files read one behind the other",
            "in zip_longest(*files):",
            "in ([example] for file in files for example in file):",
        ),
        (
            "the end of the longer files lost",
            "in zip_longest(*files):",
            "in zip(*files):",
        ),
        (
            "lines counted from 0",
            '[*lines, b""], 1):',
            '[*lines, b""], 0):',
        ),
        (
            "a last sentence with no empty line after it lost",
            '[*lines, b""], 1):',
            "[*lines], 1):",
        ),
        (
            "sentences held out trained on as well",
            "for i in order[kept:]]",
            "for i in order]",
        ),
        (
            "words of what is held out known",
            "for sentence in training], least_count=2)",
            "for sentence in sentences], least_count=2)",
        ),
        (
            "words and labels exchanged",
            'np.stack([steps["words"], steps["labels"]], axis=1)',
            'np.stack([steps["labels"], steps["words"]], axis=1)',
        ),
    ),
    *faults_in(
        "tasks/tagging.py",
        "tasks/test_tagging.py::test_scores",
        (
            "confusion matrix transposed",
            "np.add.at(counts, (row[:, 1], labels), 1)",
            "np.add.at(counts, (labels, row[:, 1]), 1)",
        ),
        (
            "half of the F1 score",
            "return 2 * np.diag(confusion)",
            "return np.diag(confusion)",
        ),
        (
            "a word that was never seen gets label 0",
            "np.where(counts.any(axis=1), counts.argmax(axis=1), counts.sum(axis=0).argmax())",
            "counts.argmax(axis=1)",
        ),
    ),
    *faults_in(
        "tasks/tagging.py",
        "tasks/test_tagging.py::test_batches_hold_every_row_once_beside_rows_of_about_its_length",
        (
            "labels taken for words",
            "TaggingBatch(inputs[..., 0].copy(), inputs",
            "TaggingBatch(inputs[..., 1].copy(), inputs",
        ),
        (
            "labels given to the wrong sentences",
            "in zip(members, predicted, strict=True)",
            "in zip(reversed(members), predicted, strict=True)",
        ),
    ),
    *faults_in(
        "tasks/mnist_data.py",
        "tasks/test_mnist_data.py",
        (
            "pixels over 256",
            'return split("MNIST", parts, 255, validation_size)',
            'return split("MNIST", parts, 256, validation_size)',
        ),
        (
            "the last images held out",
            "held_out, kept = slice(validation_size), slice(validation_size, None)",
            "held_out, kept = slice(-validation_size, None), slice(-validation_size)",
        ),
        (
            "images held out trained on as well",
            "MnistData(name, Examples(images[kept], labels[kept])",
            "MnistData(name, Examples(images, labels)",
        ),
        (
            "labels and images of other counts taken",
            "    if len(images) != len(labels):\n",
            "    if False:\n",
        ),
        (
            "npz of any size read",
            "{', '.join(KERAS_NAMES)}\", LARGEST)",
            "{', '.join(KERAS_NAMES)}\", LARGEST**2)",
        ),
        (
            "one place of one-hot further",
            "(labels[:, None] == np.arange(num_classes))",
            "(labels[:, None] + 1 == np.arange(num_classes))",
        ),
        (
            "columns for rows",
            "images.reshape(-1, side, side)",
            "images.reshape(-1, side, side).swapaxes(1, 2)",
        ),
        (
            "permutation undone for done",
            "images[:, chosen, None]",
            "images[:, np.argsort(chosen), None]",
        ),
        (
            "today's generator for the tutorial's",
            "np.random.RandomState(seed).permutation",
            "np.random.default_rng(seed).permutation",
        ),
    ),
    *faults_in(
        "tasks/mnist.py",
        "tasks/test_mnist.py::test_training_agrees_with_tensorflow[lee2]",
        (
            "the output layer clipped as well",
            'skip=("dense",)',
            "skip=()",
        ),
    ),
    *faults_in(
        "initializers.py",
        "tasks/test_mnist.py::test_weights_start_as_the_tutorials_start_them",
        (
            "one orthogonal matrix for all gates of the GRU",
            "gates = range(shape[1] // width)",
            "return orthogonal(rng, shape, dtype)",
        ),
        (
            "the GRU's gates start open",
            'zeros if path.endswith("bias") else by_gate',
            "cell.initializer(path, by_gate)",
        ),
    ),
    *faults_in(
        "tasks/mnist.py",
        "tasks/test_mnist.py::test_weights_start_as_the_tutorials_start_them",
        (
            "the output layer's bias starts at zero",
            "    bias_initializer: Initializer = normal",
            "    bias_initializer: callable = zeros",
        ),
    ),
    *faults_in(
        "initializers.py",
        "tasks/test_mnist.py::test_a_gru_may_start_as_an_orthogonal_rnn",
        (
            "the gates begin the other way round",
            "np.array([4, -4], dtype)",
            "np.array([-4, 4], dtype)",
        ),
        (
            "nothing is forgotten at the start",
            "np.array([4, -4], dtype)",
            "np.array([4, 4], dtype)",
        ),
        (
            "the gates' weights are of the usual size",
            '0.3 * params["gates"]["kernel"]',
            'params["gates"]["kernel"]',
        ),
    ),
    *faults_in(
        "tasks/mnist_data.py",
        "tasks/test_mnist.py::test_images_are_read_by_rows_by_pixels_and_in_lees_order",
        (
            "another permutation",
            "PERMUTATION_SEED = 100",
            "PERMUTATION_SEED = 101",
        ),
        (
            "permuted pixels read in order",
            "as_pixels(images, seeded_permutation(PERMUTATION_SEED, images.shape[1]))",
            "as_pixels(images)",
        ),
    ),
    *faults_in(
        "tasks/mnist.py",
        "tasks/test_mnist.py::test_evaluation_is_forward_only_in_batches_and_its_loss_the_mean_of_all",
        (
            "the last, smaller batch not evaluated",
            "firsts = range(0, len(inputs), batch_size)",
            "firsts = range(0, len(inputs) - batch_size + 1, batch_size)",
        ),
    ),
    *faults_in(
        "tasks/mnist.py",
        "tasks/test_mnist.py::test_settings_are_the_tutorials",
        (
            "Adam's usual beta1",
            "AdamOptimizer(0.002, beta1=0.1)",
            "AdamOptimizer(0.002)",
        ),
    ),
]
