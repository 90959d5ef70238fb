"""Everyone in ``benchmark.py`` and ``lstm_race.py``: where the code is, what it needs, and in which layout.

A peer is a class with ``__init__(problem, threads)``, ``step()``, which computes one step and returns when it is done,
and ``results()``, the arrays of the last step by the names of ``problem.py``. Each runs in a process of its own.
"""

from importlib.util import find_spec
from typing import NamedTuple


class Peer(NamedTuple):
    """One implementation: its class, the packages it needs, the extra they are in, and its layout of the weights."""

    module: str
    kind: str
    packages: tuple = ()
    extra: str = ""
    layout: str = "scratch"

    @property
    def ours(self):
        return self.module in ("peers.scratch_peers", "peers.program_peers") and not self.packages

    def missing(self):
        """Return the packages that are not installed."""
        return [package for package in self.packages if find_spec(package) is None]


TF1 = ("peers.tensorflow_peers", ("tensorflow", "tf_keras"), "tf")
KERAS = ("peers.keras_peers", ("tensorflow", "keras"), "tf")

PEERS = {
    "numpy": Peer("peers.scratch_peers", "NumpyPeer"),
    "numba": Peer("peers.scratch_peers", "NumbaPeer"),
    "tf1-static": Peer(TF1[0], "StaticPeer", *TF1[1:]),
    "tf1-dynamic": Peer(TF1[0], "DynamicPeer", *TF1[1:]),
    "tf1-block": Peer(TF1[0], "BlockPeer", *TF1[1:]),
    "keras": Peer(KERAS[0], "KerasPeer", *KERAS[1:], layout="keras"),
    "keras-xla": Peer(KERAS[0], "KerasXlaPeer", *KERAS[1:], layout="keras"),
    "torch": Peer("peers.torch_peers", "TorchPeer", ("torch",), "bench", "torch"),
    "torch-packed": Peer("peers.torch_peers", "TorchPackedPeer", ("torch",), "bench", "torch"),
    "jax": Peer("peers.jax_peer", "JaxPeer", ("jax",), "bench"),
    "onnxruntime": Peer("peers.onnx_peers", "OnnxRuntimePeer", ("onnx", "onnxruntime"), "bench"),
    "openvino": Peer("peers.onnx_peers", "OpenVinoPeer", ("onnx", "openvino"), "bench"),
    "litert": Peer("peers.litert_peer", "LiteRtPeer", ("tensorflow", "keras", "ai_edge_litert"), "bench", "keras"),
    # It has no module of Python's: whether its library is there, the peer looks for itself.
    "onednn": Peer("peers.onednn_peer", "OneDnnPeer"),
}

# LSTMs only, and slower than tf1-block: for the race of examples/lstm_race.py.
LSTMS = {
    "tf1-standard": Peer("peers.tf_lstm_peers", "StandardPeer", *TF1[1:]),
    "tf1-block-cell": Peer("peers.tf_lstm_peers", "BlockCellPeer", *TF1[1:]),
}

# Those of whole programs, by the same names, and who trains a whole epoch in one call.
TRAINERS = {
    "numpy": Peer("peers.program_peers", "NumpyProgram"),
    "numba": Peer("peers.program_peers", "NumbaProgram"),
    "tf1": Peer("peers.program_peers", "GraphProgram", *TF1[1:]),
    "keras": Peer("peers.program_keras", "KerasProgram", *KERAS[1:]),
    "torch": Peer("peers.program_torch", "TorchProgram", ("torch",), "bench"),
    "jax": Peer("peers.program_jax", "JaxProgram", ("jax", "optax"), "bench"),
    "jax-epoch": Peer("peers.program_jax", "JaxEpoch", ("jax", "optax"), "bench"),
}

# In float64, what all are held against.
REFERENCE = Peer("peers.scratch_peers", "ReferencePeer")
# Nobody's implementation: the rates of the machine's matrix product and of its caches, and a loop with nothing around.
SGEMM = Peer("peers.limits", "MatrixProduct")
WEIGHTS = Peer("peers.limits", "WeightReads")
BARE_LOOP = Peer("peers.limits", "BareLoop")
