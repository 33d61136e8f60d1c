"""Sizes of an xLSTM stack."""

from dataclasses import dataclass


@dataclass(frozen=True)
class XlstmShape:
    """Sizes of the stack; the defaults are the paper's but for ``d_model`` (512 there)."""

    d_model: int = 128
    num_blocks: int = 4
    slstm_at: tuple[int, ...] = (1,)
    num_heads: int = 4
    conv_kernel: int = 4
    qkv_block_size: int = 4
    ff_factor: float = 1.3
    dropout: float = 0.0
