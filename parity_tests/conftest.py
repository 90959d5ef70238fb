"""Before any test: calls of scratch are held to their signatures."""

from parity_tests import signatures

signatures.install()
