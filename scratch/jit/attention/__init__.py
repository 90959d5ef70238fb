"""``AttentionCellWrapper``, compiled: a walk of its own, which takes the steps of the cell within it."""
