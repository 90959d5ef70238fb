"""One file a cell: its equations, its forward step and its derivatives."""
