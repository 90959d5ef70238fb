"""How the functions of this folder are compiled: when first called, once for each dtype, and kept between processes."""

from numba import njit


def compiled(function):
    """Return ``function`` compiled by Numba; kept on disk where there is a folder that can be written to."""
    try:
        return njit(function, cache=True)
    except RuntimeError:
        # Neither the folder of the source nor that of the user can be written to: compile anew in each process.
        return njit(function)
