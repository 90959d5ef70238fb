import numba
import numpy as np
import pytest

from scratch.compiling import compiler


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")
@pytest.mark.parametrize("decorate", [compiler.compiled, compiler.kernel])
def test_compiled_code_lets_other_threads_go_on_and_divides_as_numpy_does(decorate):
    divide = decorate(eval("lambda x, y: x / y"))
    assert divide(1.0, 0.0) == np.inf
    assert divide.targetoptions["nogil"]
