"""What is asked of examples, and how it is read: column by column from the bytes, then shaped by the descriptions."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from scratch.arrays import Array, Int
from scratch.inputs.wire._compiling import Bytes, announced
from scratch.inputs.wire.layout_fixed import KINDS, Column, FixedLenFeature, FixedLenSequenceFeature
from scratch.inputs.wire.layout_ragged import RaggedFeature, VarLenFeature
from scratch.inputs.wire.message import COUNT, FIRST, STEPS, gather, read_example, survey
from scratch.inputs.wire.message_entries import CONTEXT, FEATURE_LISTS
from scratch.inputs.wire.varint import MISSING, OTHER_KIND, WORDS, reason_and_index
from scratch.inputs.wire.writing import from_raw

DESCRIPTIONS = FixedLenFeature, FixedLenSequenceFeature, VarLenFeature, RaggedFeature
PARTS = {CONTEXT: "context_features", FEATURE_LISTS: "sequence_features"}
NAMES = {np.dtype(np.int64): "int64", np.dtype(np.float32): "float32", np.dtype(object): "bytes"}


# {name: FixedLenFeature, VarLenFeature, …}
Features: TypeAlias = dict[str, Any] | None


class Schema:
    """What is asked of each example, as the compiled survey takes it."""

    def __init__(self, context_features: Features, sequence_features: Features) -> None:
        self.wanted = [
            (part, name, description)
            for part, features in ((CONTEXT, context_features), (FEATURE_LISTS, sequence_features))
            for name, description in check_features(part, features).items()
        ]
        if not self.wanted:
            raise ValueError("context_features and sequence_features must not both be empty: ask for something")
        self.context = [name for part, name, _ in self.wanted if part == CONTEXT]
        self.lists = [name for part, name, _ in self.wanted if part == FEATURE_LISTS]
        names = [name.encode() for _, name, _ in self.wanted]
        self.names = np.frombuffer(bytearray(b"".join(names)), np.uint8)
        self.name_ends = np.cumsum([0, *map(len, names)])
        self.features = np.array(
            [(part, KINDS[np.dtype(feature.dtype)], feature.size, feature.required) for part, _, feature in self.wanted]
        )

    def read(self, data: Bytes, starts: Int[Array, " R"], stops: Int[Array, " R"]) -> tuple[list[Column], str | None]:
        """Return ``(columns, error)``: a ``Column`` a feature, of all examples before the first that does not suit.

        Example r is ``data[starts[r]:stops[r]]``. The error is ``None``, or the words for that one.
        """
        found = np.empty((len(starts), len(self.wanted), 8), np.int64)
        with announced("the reader of examples"):
            good, place, f = survey(data, starts, stops, self.names, self.name_ends, self.features, found)
            columns = [self.column(f, data, found[:good]) for f in range(len(self.wanted))]
        if good == len(starts):
            return columns, None
        start, stop = starts[good], stops[good]
        return columns, self.misfit(f, data[start:stop], place, int(start))

    def column(self, f: int, data: Bytes, found: Int[Array, "R F 8"]) -> Column:
        """Return the ``Column`` of one feature, of which the survey has ``found`` [R, F, 8]."""
        part, kind, size, required = self.features[f].tolist()
        counts, missing = found[:, f, COUNT], found[:, f, FIRST] < 0
        filled = part == CONTEXT and not required and size >= 0 and missing.any()
        if filled:
            counts = np.where(missing, size, counts)
        value_ends, step_ends = (np.concatenate([[0], np.cumsum(column)]) for column in (counts, found[:, f, STEPS]))
        raw = np.zeros(value_ends[-1], np.int64)
        outline = np.zeros(2 * step_ends[-1] if size < 0 else 0, np.int64)
        gather(data, kind, found, f, raw, value_ends[1:], outline, step_ends[1:])
        values = from_raw(data, kind, raw)
        if filled:
            values.reshape(len(found), size)[missing] = self.wanted[f][2].default()
        return Column(values, value_ends, step_ends, outline[1::2])

    def rows(self, columns: list[Column]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yield ``(context, sequences)`` of each example."""
        shaped = [feature.rows(part, column) for (part, _, feature), column in zip(self.wanted, columns, strict=True)]
        context, lists, split = self.context, self.lists, len(self.context)
        for values in zip(*shaped, strict=True):
            yield dict(zip(context, values, strict=False)), dict(zip(lists, values[split:], strict=True))

    def batch(self, columns: list[Column]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """Return ``(context, sequences, lengths)`` of all examples as one batch."""
        context: dict[str, Any] = {}
        lists: dict[str, Any] = {}
        lengths: dict[str, Any] = {}
        for (part, name, feature), column in zip(self.wanted, columns, strict=True):
            (context if part == CONTEXT else lists)[name] = feature.batch(part, column)
            if isinstance(feature, FixedLenSequenceFeature):
                lengths[name] = column.num_steps()
        return context, lists, lengths

    def misfit(self, f: int, data: Bytes, place: int, start: int) -> str:
        """Return in words why an example, whose bytes these are, is refused."""
        reason, index = reason_and_index(place)
        if f < 0:
            return f"byte {index - start} of the example: {WORDS[reason]}"
        part, name, feature = self.wanted[f]
        what = f"{PARTS[part]}[{name!r}]"
        if reason == MISSING:
            return f"{what} is required, but the example has none"
        found = read_example(data)[part == FEATURE_LISTS][name]
        steps, wanted = found if part == FEATURE_LISTS else [found], feature.dtype.__name__
        if reason == OTHER_KIND:
            came = [wanted if values is None else NAMES[values.dtype] for values in steps]
            step = next(step for step, kind in enumerate(came) if kind != wanted)
            text = f"{what} must be {wanted}, but is {came[step]}"
        else:
            counts = [0 if values is None else len(values) for values in steps]
            step = next(step for step, count in enumerate(counts) if count != feature.size)
            text = f"{what} must have {feature.size} values for shape {list(feature.shape)}, but has {counts[step]}"
        return text + (f" in step {step}" if part == FEATURE_LISTS else "")


def check_features(part: int, features: Features) -> dict[str, Any]:
    """Return the dict of descriptions of one part, refusing what cannot stand there."""
    kind = PARTS[part]
    if features is None:
        return {}
    if not isinstance(features, dict):
        raise TypeError(f"{kind} must be a dict of names and descriptions, but is {type(features).__name__}")
    for name, feature in features.items():
        if not isinstance(name, str):
            raise TypeError(f"{kind} must be named by str, but has a {type(name).__name__}")
        if not isinstance(feature, DESCRIPTIONS) or part not in feature.parts:
            fitting = " or ".join(kind.__name__ for kind in DESCRIPTIONS if part in kind.parts)
            raise TypeError(f"{kind}[{name!r}] must be {fitting}, but is {type(feature).__name__}")
    return features
