# The weights are cut into those of x and those of h first.
from numpy import exp, split, tanh, vstack


def gru_forward(params, x, h):
    D = x.shape[1]
    Wr, Wu = split(params["gates_kernel"], 2, 1)
    br, bu = split(params["gates_bias"], 2)
    Wn, bn = params["candidate_kernel"], params["candidate_bias"]
    r = 1 / (1 + exp(-(x @ Wr[:D] + h @ Wr[D:] + br)))
    u = 1 / (1 + exp(-(x @ Wu[:D] + h @ Wu[D:] + bu)))
    n = tanh(x @ Wn[:D] + (h * r) @ Wn[D:] + bn)
    return n + u * (h - n), dict(n=n, u=u, r=r)


def gru_backward(params, x, h, cache, d):
    D = x.shape[1]
    r, u, n = [cache[k] for k in "run"]
    Wg, Wn = params["gates_kernel"], params["candidate_kernel"]
    dz_n = d * (1 - u) * (1 - n * n)
    d_rh = dz_n @ Wn[D:].T
    H = h.shape[1]
    dz_r = d_rh * h * r * (1 - r)
    dz_u = d * (h - n) * u * (1 - u)
    dx = dz_n @ Wn[:D].T + dz_r @ Wg[:D, :H].T + dz_u @ Wg[:D, H:].T
    dh = d * u + d_rh * r
    dh += dz_r @ Wg[D:, :H].T
    dh += dz_u @ Wg[D:, H:].T
    gates = vstack([x.T, h.T])
    kernel = [[(gates @ dz_r)[row].tolist() + (gates @ dz_u)[row].tolist() for row in range(len(gates))]][0]
    return (
        dx,
        dh,
        {
            "candidate_bias": dz_n.sum(0),
            "candidate_kernel": vstack([x.T @ dz_n, (h * r).T @ dz_n]),
            "gates_bias": [*dz_r.sum(0), *dz_u.sum(0)],
            "gates_kernel": kernel,
        },
    )
