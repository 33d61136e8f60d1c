"""The blocks of the right mixers against the same thing written out plainly."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from retort_scorer.mixers.mamba2 import Mamba2Mixer
from retort_scorer.mixers.mixer import MixerShape
from retort_scorer.mixers.recurrent import RecurrentMixer
from retort_scorer.mixers.rotary import rotate
from retort_scorer.mixers.transformer import Attention, TransformerMixer

D, S = 16, 6
SHAPE = MixerShape(d_model=D, num_blocks=2, num_heads=2, state_size=4)
MASK = torch.tensor([[True] * S, [True] * 4 + [False] * 2])


def draw(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def close(left: Tensor, right: Tensor) -> bool:
    return torch.allclose(left, right, atol=1e-10, rtol=0)


def plain_attention(attention: Attention, x: Tensor) -> Tensor:
    """[S, D] -> [S, D], a pair of tokens at a time; positions as turns of complex numbers by the distance of the two."""
    E = D // SHAPE.num_heads
    turns = torch.tensor([10_000.0 ** (-2 * channel / E) for channel in range(E // 2)], dtype=torch.float64)
    query, key, value = (part.view(S, SHAPE.num_heads, E) for part in attention.joined(x).chunk(3, dim=-1))
    out = torch.zeros(S, SHAPE.num_heads, E, dtype=torch.float64)
    for head in range(SHAPE.num_heads):
        for i in range(S):
            scores = []
            for j in range(S):
                asked, held = (torch.complex(*part[head].chunk(2)) for part in (query[i], key[j]))
                turned = held * torch.polar(torch.ones_like(turns), turns * (j - i))
                scores.append((asked.conj() * turned).sum().real / math.sqrt(E))
            out[i, head] = torch.stack(scores).softmax(dim=0) @ value[:, head]
    return attention.output(out.flatten(1))


@torch.no_grad()
def test_the_transformer_is_attention_and_a_feed_forward_part_each_with_a_norm_before_and_a_shortcut() -> None:
    torch.manual_seed(0)
    made, x = TransformerMixer(SHAPE).double().eval(), draw(1, S, D)
    expected = x[0]
    for block in made.blocks:
        expected = expected + plain_attention(block.attention, block.norm(expected))
        expected = expected + block.ff_down(F.gelu(block.ff_up(block.ff_norm(expected))))
    assert close(made(x, MASK[:1])[0], made.norm(expected))


def test_rotation_keeps_lengths_and_turns_products_by_distance_only() -> None:
    query, key = draw(8), draw(8, seed=2)
    queries, keys = (rotate(vector.expand(1, 1, 9, 8))[0, 0] for vector in (query, key))
    products = queries @ keys.T
    assert close(queries.norm(dim=-1), query.norm().expand(9)) and not close(queries[0], queries[1])
    for distance in range(-8, 9):
        along = products.diagonal(distance)
        assert close(along, along[0].expand(len(along)))


@torch.no_grad()
def test_lstm_and_gru_blocks_are_torchs_bidirectional_layer_with_a_norm_before_and_a_shortcut() -> None:
    for cell in (nn.LSTM, nn.GRU):
        torch.manual_seed(0)
        made, x = RecurrentMixer(SHAPE, cell).double().eval(), draw(2, S, D)
        out = made(x, MASK)
        for row, length in enumerate((S, 4)):
            expected = x[row, :length]
            for block in made.blocks:
                both = cell(D, D // 2, bidirectional=True).double()
                weights = block.forwards.state_dict()
                weights |= {f"{key}_reverse": value for key, value in block.backwards.state_dict().items()}
                both.load_state_dict(weights)
                expected = expected + both(block.norm(expected))[0]
            assert close(out[row, :length], made.norm(expected))


@torch.no_grad()
def test_mamba2_blocks_are_the_layer_with_a_norm_before_and_a_shortcut() -> None:
    torch.manual_seed(0)
    made, x = Mamba2Mixer(SHAPE).double().eval(), draw(1, S, D)
    expected = x
    for norm, layer in zip(made.norms, made.layers, strict=True):
        expected = expected + layer(expected / torch.sqrt(expected.square().mean(dim=-1, keepdim=True) + 1e-5) * norm.weight)
    assert close(made(x, MASK[:1]), made.norm(expected))
    assert made.layers[0].joined.weight is not made.layers[1].joined.weight


def test_dropout_works_in_training_only() -> None:
    shape = MixerShape(d_model=D, num_blocks=1, num_heads=2, dropout=0.5)
    for kind in (TransformerMixer, Mamba2Mixer, lambda given: RecurrentMixer(given, nn.LSTM)):
        torch.manual_seed(0)
        made, x = kind(shape).double(), draw(2, S, D)
        assert not close(made(x, MASK), made(x, MASK))
        made.eval()
        assert torch.equal(made(x, MASK), made(x, MASK))
