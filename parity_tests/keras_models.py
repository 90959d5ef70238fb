"""Small models of Keras for ``test_run_model.py``: a row for each layer and option that can be run.

A model's name begins with that of its inputs. ``KERAS_2`` names those that Keras 2 saves as well, and in which form.
"""

import numpy as np

rng = np.random.default_rng(0)
numbers = rng.standard_normal((5, 6, 3)).astype(np.float32)
text = np.array([[3, 1, 4, 1, 0, 0], [5, 0, 0, 0, 0, 0], [2, 6, 5, 3, 5, 8], [0, 0, 0, 0, 0, 0], [9, 7, 9, 0, 0, 0]])
holes = np.array([[0, 0, 4, 1, 5, 9], [2, 0, 6, 0, 0, 5], [3, 5, 8, 9, 7, 9], [0, 3, 0, 0, 0, 0]])
INPUTS = {
    # Padded at the end, one row with nothing else and one with nothing of it.
    "text": text,
    # Padded in front and in the middle; in the second, also a row that is all padding.
    "holes": holes,
    "front": np.concatenate([text[:, ::-1], holes]),
    "numbers": numbers,
    # Steps that are all 0.5, and some that are 0.5 in part.
    "gaps": np.where(holes[..., None] > [0, 0, 1], rng.standard_normal((4, 6, 3)), 0.5).astype(np.float32),
    "row": rng.standard_normal((5, 12)).astype(np.float32),
    "deep": rng.standard_normal((2, 4, 6, 3)).astype(np.float32),
    "pages": rng.integers(0, 3, (2, 4, 6)),
    "batches": rng.standard_normal((6, 5, 3)).astype(np.float32),
    "pair": {"first": numbers, "second": rng.standard_normal((5, 6, 3)).astype(np.float32)},
    "talk": {"first": np.concatenate([text[:, ::-1], holes]), "second": np.concatenate([holes, text])},
}
ACTIVATIONS = (
    "relu relu6 leaky_relu elu celu selu exponential softplus softsign softmax log_softmax sparsemax silu gelu glu "
    "mish squareplus sparse_plus log_sigmoid hard_sigmoid sparse_sigmoid hard_silu hard_tanh hard_shrink soft_shrink "
    "tanh_shrink tanh sigmoid linear"
).split()
KERAS_2 = {
    "front_last": ".h5",
    "front_sequences": ".h5",
    "front_zeros": ".keras",
    "front_unrolled": ".keras",
    "talk_decoder": ".h5",
    "talk_merged": ".keras",
    "gaps_masking": ".h5",
    "holes_attention": ".keras",
    "numbers_gates": ".h5",
    "numbers_norm": ".keras",
    "batches_stateful": ".h5",
}


def make_models(keras):
    """Return a function for each model, by its name. Only the functions look into ``keras``."""
    L = keras.layers
    sequences = {"return_sequences": True}

    def chain(shape, *layers, dtype="float32"):
        return keras.Sequential([keras.Input(shape, dtype=dtype), *layers])

    def words(*layers, mask_zero=True):
        return chain((6,), L.Embedding(10, 3, mask_zero=mask_zero), *layers, dtype="int32")

    def steps(*layers, shape=(6, 3)):
        return chain(shape, *layers)

    def graph(make, *shapes):
        inputs = [keras.Input(shape, name=name) for shape, name in zip(shapes, ("first", "second"), strict=False)]
        return keras.Model(inputs if len(inputs) > 1 else inputs[0], make(*inputs))

    def functional():
        tokens = keras.Input((None,), dtype="int32")
        x = L.SpatialDropout1D(0.3)(L.Embedding(10, 3, mask_zero=True)(tokens))
        x = L.Bidirectional(L.GRU(4, return_sequences=True))(x)
        x = L.Dropout(0.5)(L.GRU(4, return_sequences=True, reset_after=False)(x))
        return keras.Model(tokens, L.Dense(2, activation="softmax")(L.LSTM(5)(x)))

    def merged(mode):
        both = L.Bidirectional(L.LSTM(4, return_sequences=True), merge_mode=mode)
        return words(both, L.Bidirectional(L.SimpleRNN(5), merge_mode=mode))

    def two_sizes():
        back = L.GRU(5, go_backwards=True, return_sequences=True)
        return words(L.Bidirectional(L.LSTM(4, return_sequences=True), backward_layer=back))

    def recurrent(x):
        """Every pair of activations is another one; what ``scratch`` has is among them."""
        made = []
        for number, activation in enumerate(["linear", "sigmoid", "elu", "softsign", "relu", "hard_sigmoid"]):
            gate = ["hard_sigmoid", "sigmoid", "sigmoid", "softsign", "tanh", "hard_tanh"][number]
            both = {"activation": activation, "recurrent_activation": gate}
            made += [L.SimpleRNN(4, activation=activation)(x), L.LSTM(4, **both)(x)]
            made += [L.GRU(4, **both)(x), L.GRU(4, reset_after=False, use_bias=number % 2 == 0, **both)(x)]
        return made

    def states(x):
        y, h, c = L.LSTM(4, return_sequences=True, return_state=True)(x)
        z, h_gru = L.GRU(4, return_state=True, go_backwards=True)(y, initial_state=h)
        both = L.Bidirectional(L.LSTM(3, return_state=True, return_sequences=True), merge_mode=None)(y)
        kept = L.Bidirectional(L.GRU(4, return_sequences=True))(y, initial_state=[h, h_gru])
        return [y, h, c, z, h_gru, *both, kept]

    def decoder(first, second):
        embedding = L.Embedding(10, 3, mask_zero=True)
        _, h, c = L.LSTM(4, return_state=True)(embedding(first))
        decoding = L.LSTM(4, return_sequences=True, return_state=True, name="decoding")
        y, *_ = decoding(embedding(second), initial_state=[h, c])
        # What stands above sees the mask of the second sentence again.
        return [y, L.GRU(3, name="above")(y)]

    def masks(first, second):
        masked, plain = L.Embedding(10, 3, mask_zero=True), L.Embedding(10, 3)
        a, b, c = masked(first), masked(second), plain(second)
        merges = [L.Add()([a, b]), L.Concatenate()([a, b]), L.Concatenate(axis=1)([a, b]), L.Multiply()([a, b])]
        merges += [L.Concatenate()([a, c]), L.Average()([a, c]), L.Multiply()([a, c]), L.Maximum()([a, b])]
        merges += [L.Minimum()([a, b, a]), L.Maximum()([c, a])]
        # Called on inputs alone, a layer of Keras 3 has its mask written into the graph; with an argument it has not.
        return [L.LSTM(4, return_sequences=True)(merge, training=False) for merge in merges]

    def merges(first, second):
        both, short = [first, second], L.LSTM(3)(first)
        made = [L.Add()([*both, first]), L.Subtract()(both), L.Multiply()(both), L.Average()([*both, second])]
        made += [L.Maximum()(both), L.Minimum()(both), L.Concatenate(axis=1)(both), L.Add()([first, short])]
        made += [L.Dot(axes=2)(both), L.Dot(axes=(1, 1))(both), L.Dot(axes=-1, normalize=True)(both)]
        return [*made, L.Dot(axes=1)([short, short]), L.Dot(axes=(2, 1))([first, short])]

    def shared(first, second):
        layer = L.LSTM(4)
        return L.Dense(2)(L.Concatenate()([layer(first), layer(second), layer(first)]))

    def nested(x):
        inner = keras.Sequential([keras.Input((6, 3)), L.GRU(3, return_sequences=True), L.Dense(3)])
        a, b = keras.Input((6, 3)), keras.Input((6, 3))
        outer = keras.Model([a, b], [L.LSTM(3)(L.Add()([a, b])), L.Maximum()([a, b])])
        once = inner(x)
        last, sequence = outer([once, inner(once)])
        return [last, L.SimpleRNN(2)(sequence)]

    def operations(x):
        y = L.LSTM(4, return_sequences=True)(x)
        made = [y[:, -1], y[:, 1:-1:2, ..., :2], y * 2 - 1, 1 / (y + 3), -y, y[:, 0] @ keras.ops.ones((4, 2))]
        ops = keras.ops
        made += [ops.mean(y, axis=1), ops.max(y, axis=(1, 2), keepdims=True), ops.concatenate([y, y], axis=1)]
        made += [ops.softmax(y, axis=1), ops.expand_dims(y, 1), ops.transpose(y, (0, 2, 1)), ops.reshape(y, (-1, 24))]
        return [*made, ops.cast(y > 0, "float32"), ops.stack([y, y]), ops.squeeze(y[:, :1], 1), ops.flip(y, axis=1)]

    def masked(x):
        y = L.Masking(mask_value=0.5)(x)
        return [y, L.Dense(2)(L.LSTM(4, return_sequences=True)(y)), L.GRU(3)(y, training=False)]

    def told(x):
        """A mask that is given by hand, also where the first state is."""
        mask = x[:, :, 0] > 0
        y, h = L.GRU(4, return_sequences=True, return_state=True)(x, mask=mask)
        return [y, L.GRU(4)(x, mask=mask, initial_state=h), L.Bidirectional(L.LSTM(3))(x, mask=mask)]

    def attention(tokens):
        x = L.Embedding(10, 3, mask_zero=True)(tokens)
        y = L.LSTM(3, return_sequences=True)(x)
        made = [L.Attention()([x, y]), L.Attention(use_scale=True)([y, x, y]), L.AdditiveAttention()([y, y])]
        return [*made, L.Attention(score_mode="concat")([x, y]), L.GRU(3)(L.Attention()([y, y]))]

    def activation_layers(x):
        made = [L.Activation("tanh"), L.ReLU(), L.ReLU(max_value=0.5, negative_slope=0.1, threshold=0.2), L.ELU(0.7)]
        made += [L.ReLU(6.0), L.LeakyReLU(), L.LeakyReLU(negative_slope=0.1), L.Softmax(), L.Softmax(axis=1)]
        made += [L.PReLU(), L.PReLU(shared_axes=[1]), L.Dense(2, activation=L.LeakyReLU(negative_slope=0.2))]
        return [layer(x) for layer in made]

    def pools(x):
        made = [L.MaxPooling1D(2), L.MaxPooling1D(3, strides=2, padding="same"), L.GlobalMaxPooling1D()]
        made += [L.AveragePooling1D(2), L.AveragePooling1D(4, strides=1, padding="same")]
        made += [L.GlobalAveragePooling1D(), L.GlobalAveragePooling1D(keepdims=True)]
        made += [L.GlobalMaxPooling1D(keepdims=True)]
        return [layer(x) for layer in made]

    def norms(x):
        made = [L.BatchNormalization(), L.BatchNormalization(scale=False, center=False, epsilon=0.1)]
        made += [L.BatchNormalization(axis=1), L.LayerNormalization(), L.LayerNormalization(axis=[1, 2])]
        made += [L.LayerNormalization(axis=1, center=False), L.LayerNormalization(scale=False, epsilon=0.1)]
        return [layer(x) for layer in made]

    def convolutions(x):
        made = [L.Conv1D(4, 3), L.Conv1D(4, 3, padding="same", strides=2, activation="relu", use_bias=False)]
        return [layer(x) for layer in [*made, L.Conv1D(4, 2, padding="causal", dilation_rate=2)]]

    def shapes(x):
        made = [L.Reshape((4, 3)), L.Reshape((-1, 2, 3)), L.RepeatVector(3), L.Flatten()]
        return [L.LSTM(4)(L.Reshape((-1, 3))(x)), *[layer(x) for layer in made]]

    def around(x):
        made = [L.ZeroPadding1D(1), L.ZeroPadding1D((0, 2)), L.Cropping1D((2, 0)), L.Cropping1D(1), L.UpSampling1D(2)]
        return [layer(x) for layer in made]

    def noise():
        drops = [L.Dropout(0.3), L.GaussianDropout(0.3), L.AlphaDropout(0.1), L.SpatialDropout1D(0.3)]
        return steps(*drops, L.GaussianNoise(0.2), L.ActivityRegularization(0.1), L.Identity(), L.Rescaling(0.5, 1.0))

    def in_each_step():
        inner = keras.Sequential([keras.Input((6, 3)), L.LSTM(3, return_sequences=True), L.Flatten()])
        return steps(L.TimeDistributed(inner), L.TimeDistributed(L.Dropout(0.2)), L.LSTM(4), shape=(4, 6, 3))

    backwards = {"return_sequences": True, "go_backwards": True}
    return {
        "text_classifier": lambda: words(L.LSTM(4, dropout=0.2, recurrent_dropout=0.2), L.Dense(1, "sigmoid")),
        "text_functional": functional,
        "text_unmasked": lambda: words(L.GRU(4, **sequences), L.GRU(5), L.Dense(2), mask_zero=False),
        # What is made of the padding shows in the outputs.
        "text_tagger": lambda: words(L.SimpleRNN(4, **sequences), L.LSTM(5, **sequences), L.Dense(3)),
        "text_zeros": lambda: words(L.LSTM(4, return_sequences=True, zero_output_for_mask=True)),
        "text_last_is_zero": lambda: words(L.GRU(4, zero_output_for_mask=True)),
        "text_backwards": lambda: words(
            L.GRU(4, **backwards), L.SimpleRNN(5, **sequences), L.LSTM(4, go_backwards=True)
        ),
        **{f"text_{mode}": lambda mode=mode: merged(mode) for mode in ("concat", "sum", "mul", "ave")},
        "text_two_sizes": two_sizes,
        "front_last": lambda: words(L.GRU(3)),
        "front_sequences": lambda: words(L.LSTM(4, **sequences), L.TimeDistributed(L.Dense(3)), L.GRU(2, **sequences)),
        "front_zeros": lambda: words(
            L.SimpleRNN(3, **sequences), L.LSTM(4, return_sequences=True, zero_output_for_mask=True)
        ),
        "front_last_is_zero": lambda: words(L.GRU(4, zero_output_for_mask=True)),
        "front_backwards": lambda: words(L.GRU(4, **backwards), L.LSTM(4, go_backwards=True)),
        "front_both": lambda: words(L.Bidirectional(L.LSTM(4, **sequences)), L.Bidirectional(L.GRU(5))),
        "front_unrolled": lambda: words(L.Bidirectional(L.LSTM(4, unroll=True, **sequences)), L.LSTM(2, unroll=True)),
        "holes_average": lambda: words(L.LSTM(4, **sequences), L.GlobalAveragePooling1D()),
        "holes_attention": lambda: graph(attention, (6,)),
        "gaps_masking": lambda: graph(masked, (6, 3)),
        "gaps_given": lambda: graph(told, (6, 3)),
        "talk_decoder": lambda: graph(decoder, (6,), (6,)),
        "talk_merged": lambda: graph(masks, (6,), (6,)),
        "pair_merged": lambda: graph(merges, (6, 3), (6, 3)),
        "pair_shared": lambda: graph(shared, (6, 3), (6, 3)),
        "numbers_relu": lambda: steps(
            L.SimpleRNN(4, activation="relu", return_sequences=True),
            L.LSTM(5, activation="relu"),
            L.Dense(7, activation="relu"),
            shape=(None, 3),
        ),
        "numbers_no_bias": lambda: steps(
            L.SimpleRNN(4, use_bias=False, return_sequences=True),
            L.GRU(5, use_bias=False, return_sequences=True),
            L.GRU(4, use_bias=False, reset_after=False, return_sequences=True),
            L.LSTM(5, use_bias=False, unroll=True),
            L.Dense(2, activation="tanh", use_bias=False),
        ),
        "numbers_dense": lambda: steps(L.Dense(4, activation="relu"), L.Dense(2)),
        "numbers_activations": lambda: graph(lambda x: [L.Dense(4, activation=a)(x) for a in ACTIVATIONS], (6, 3)),
        "numbers_activation_layers": lambda: graph(activation_layers, (6, 3)),
        "numbers_recurrent": lambda: graph(recurrent, (6, 3)),
        # By this name Keras 2 has another function.
        "numbers_gates": lambda: steps(L.LSTM(4, recurrent_activation="hard_sigmoid", **sequences), L.GRU(3)),
        "numbers_states": lambda: graph(states, (6, 3)),
        "numbers_autoencoder": lambda: steps(
            L.LSTM(4), L.RepeatVector(5), L.LSTM(3, **sequences), L.TimeDistributed(L.Dense(2))
        ),
        "numbers_norm": lambda: graph(norms, (6, 3)),
        "numbers_conv": lambda: graph(convolutions, (6, 3)),
        "numbers_pool": lambda: graph(pools, (6, 3)),
        "numbers_around": lambda: graph(around, (6, 3)),
        "numbers_noise": noise,
        "numbers_permute": lambda: steps(L.Permute((2, 1)), L.LSTM(4), L.Flatten()),
        "numbers_nested": lambda: graph(nested, (6, 3)),
        "numbers_operations": lambda: graph(operations, (6, 3)),
        "row_layers": lambda: graph(shapes, (12,)),
        "deep_time_distributed": in_each_step,
        # A mask with an axis more, a part of it for each step.
        "pages_time_distributed": lambda: chain(
            (4, 6), L.Embedding(3, 4, mask_zero=True), L.TimeDistributed(L.LSTM(3)), dtype="int32"
        ),
        "batches_stateful": lambda: keras.Sequential(
            [
                keras.Input(batch_shape=(2, 5, 3)),
                L.LSTM(4, stateful=True, return_sequences=True),
                L.Bidirectional(L.GRU(3, stateful=True)),
            ]
        ),
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
        "conv is a Conv2D, which cannot be run": lambda: chain(
            layers.Reshape((6, 3, 1)), layers.Conv2D(4, 2, name="conv"), layers.Flatten()
        ),
        "own is a LSTM, which cannot be run": lambda: chain(LSTM(4, name="own")),
        "code is a Lambda, which cannot be run: it is Python code": lambda: chain(
            layers.LSTM(4), layers.Lambda(lambda x: x, name="code")
        ),
        "code is a Lambda, which": lambda: chain(layers.TimeDistributed(layers.Lambda(lambda x: x, name="code"))),
        "einsum is a Einsum, which cannot be run": lambda: called(lambda x: keras.ops.einsum("btd->bd", x)),
        "stack is a RNN, which cannot be run": lambda: chain(
            layers.RNN([layers.GRUCell(3), layers.GRUCell(4)], name="stack")
        ),
        "seed_dropout is called with training, which cannot be run": lambda: called(
            lambda x: layers.Dropout(0.5, name="seed_dropout")(x, training=True)
        ),
        "look is called with use_causal_mask, which cannot be run": lambda: called(
            lambda x: layers.Attention(name="look")([x, x], use_causal_mask=True)
        ),
        "rnn computes in float16, but only float32 can be run": lambda: chain(
            layers.LSTM(4, dtype="mixed_float16", name="rnn")
        ),
        "pool: data_format='channels_first' of MaxPooling1D cannot be run; it must be 'channels_last' or None": (
            lambda: chain(layers.MaxPooling1D(2, data_format="channels_first", name="pool"))
        ),
        "conv: groups=3 of Conv1D cannot be run; it must be 1": lambda: chain(
            layers.Conv1D(6, 2, groups=3, name="conv")
        ),
        "the model has no weights yet": lambda: keras.Sequential([layers.LSTM(4)]),
    }
