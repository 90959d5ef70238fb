"""Faults in the page that a student opens first."""

from parity_tests.faults.fault import Fault

TESTS = "parity_tests/test_one_page.py"


def fault(what, old, new, test=""):
    return Fault(what, "examples/one_page.py", old, new, TESTS + test)


FAULTS = [
    fault("gates in another order", "z_i, z_j, z_f, z_o =", "z_i, z_f, z_j, z_o ="),
    fault("forget bias left out", "(z_i, z_f + 1, z_o)", "(z_i, z_f, z_o)"),
    fault("memory of the step after left out", "d_h * phi_c, d_c + d_h * o", "d_h * phi_c, d_h * o"),
    fault("slope of tanh left out", "o * (1 - phi_c * phi_c)", "o"),
    fault("state of the step after left out", "d_c, d_h + d_y @", "d_c, d_y @"),
    fault("gradient of x taken for that of h", 'params["W"].T)[:, D:]', 'params["W"].T)[:, :H]'),
    fault("output layer reads the state of the step before", "new_h.T @ d_y", "xh[:, D:].T @ d_y"),
    fault("gradients of the last step alone", "gradients[key] + g  #", "g  #"),
    fault("loss of a batch counted as a sum", ".sum() / labels.size  #", ".sum() / labels.shape[1]  #"),
    fault("what Adagrad remembers starts at 0", "a.get(key, 0.1)", "a.get(key, 0)"),
    fault("wrong gradients end in success", "int(not error < 1e-12)", "int(error > 1e-12)", "::test_it_ends_non_zero_where_the_gradients_are_wrong"),
]
