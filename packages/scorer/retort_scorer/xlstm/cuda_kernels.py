"""The authors' own kernels, taken on CUDA when their packages are installed; our cells everywhere else.

``mlstm_kernels`` (Triton; NXAI Community License) for the mLSTM, ``xlstm`` (compiled by nvcc at first use; Apache-2.0) for the
sLSTM. Neither is a dependency. What was written here was never run on a GPU by us (2026-11-28): the choice is tested.
"""

import importlib.util
import shutil
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

MlstmCell = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]
"""Arguments and result as those of :func:`retort_scorer.xlstm.mlstm_cell.mlstm`."""

MLSTM_KERNEL = "chunkwise--triton_xl_chunk"
MLSTM_CHUNK = 128  # the kernel's default; its sequences are whole chunks


def has_mlstm_kernel(device: torch.device) -> bool:
    """Whether the mLSTM of tensors on ``device`` is left to ``mlstm_kernels``."""
    return device.type == "cuda" and importlib.util.find_spec("mlstm_kernels") is not None


def has_slstm_kernel(device: torch.device) -> bool:
    """Whether the sLSTM of tensors on ``device`` is left to ``xlstm``, which needs nvcc on PATH."""
    return device.type == "cuda" and importlib.util.find_spec("xlstm") is not None and shutil.which("nvcc") is not None


def mlstm_on_cuda(query: Tensor, key: Tensor, value: Tensor, input_gate: Tensor, forget_gate: Tensor) -> Tensor:
    """As :func:`retort_scorer.xlstm.mlstm_cell.mlstm`, by ``mlstm_kernels``.

    Padded on the right to whole chunks: the cell is causal, so no real token sees it.
    """
    from mlstm_kernels.torch import get_mlstm_kernel

    S = query.shape[2]
    missing = -S % MLSTM_CHUNK
    vectors = (F.pad(part, (0, 0, 0, missing)) for part in (query, key, value))
    gates = (F.pad(part.float(), (0, missing)) for part in (input_gate, forget_gate))
    hidden = get_mlstm_kernel(MLSTM_KERNEL)(*vectors, *gates, chunk_size=MLSTM_CHUNK, autocast_kernel_dtype=query.dtype)
    return hidden[:, :, :S]


def slstm_on_cuda(
    local: Tensor, inner: Tensor, input_forget: Tensor, cell_output: Tensor, bias: Tensor, recurrent: Tensor
) -> Tensor:
    """As :func:`retort_scorer.xlstm.slstm_cell.slstm`, by ``xlstm``'s kernel in fp32."""
    from xlstm.blocks.slstm.cell import sLSTMCellConfig, sLSTMCellFuncGenerator

    (B, S, D), (N, E, _) = inner.shape, recurrent.shape
    config = sLSTMCellConfig(
        hidden_size=D, num_heads=N, batch_size=B, dtype="float32", enable_automatic_mixed_precision=False
    )
    of_local = torch.einsum("bsne,nef->sbnf", local.unflatten(-1, (N, E)), input_forget)
    of_inner = torch.einsum("bsne,nef->sbnf", inner.unflatten(-1, (N, E)), cell_output)
    raw = torch.cat((of_local, of_inner), dim=-1).float().reshape(S, B, 4 * D)
    state = raw.new_zeros(4, B, D)
    cell = sLSTMCellFuncGenerator(True, config)
    states = cell.apply(True, raw, state, recurrent.float().contiguous(), bias.float().flatten())
    return states[0][1:].view(S, B, N, E).to(inner.dtype)  # the first is the state before the first step
