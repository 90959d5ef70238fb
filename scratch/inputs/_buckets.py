"""What says into which bucket a row goes, checked."""

from typing import Any

from scratch.options import check_count


def check_buckets(bucket_boundaries: Any, bucket_batch_sizes: Any) -> None:
    """Refuse boundaries that do not rise, and all but one batch size a bucket."""
    for name, values in (("bucket_boundaries", bucket_boundaries), ("bucket_batch_sizes", bucket_batch_sizes)):
        if not isinstance(values, list | tuple):
            raise TypeError(f"{name} must be a list of integers, but is {type(values).__name__}")
        for i, value in enumerate(values):
            check_count(f"{name}[{i}]", value)
    if sorted(set(bucket_boundaries)) != list(bucket_boundaries):
        raise ValueError(f"bucket_boundaries must rise, but are {list(bucket_boundaries)}")
    wanted, came = len(bucket_boundaries) + 1, len(bucket_batch_sizes)
    if came != wanted:
        raise ValueError(f"bucket_batch_sizes must hold {wanted} numbers, one a bucket, but holds {came}")
