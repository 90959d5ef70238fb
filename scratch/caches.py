"""What a forward pass keeps for its backward pass: refused where it is another's."""

from typing import Any

from scratch.shown import shown


def check_cache(cache: Any, kind: type) -> Any:
    """Return the cache that the matching forward function returned, which is of this class, refusing all else."""
    if not isinstance(cache, kind):
        raise TypeError(f"cache must be the {kind.__name__} of the matching forward pass, but is {shown(cache)}")
    return cache
