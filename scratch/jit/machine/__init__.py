"""What the engine stands on: registers, loops over arrays, the tile, the compiler, memory and threads."""
