"""The mixers that do what the paper's code did: each deviation is held here, so that nobody mends it by accident."""

import torch
from torch import Tensor, nn

from retort_scorer.mixers.mixer import Mixer, MixerShape
from retort_scorer.mixers.registry import build_mixer
from retort_scorer.poolings.registry import build_pooling

D, S = 8, 5
SHAPE = MixerShape(d_model=D, num_blocks=3, num_heads=2, state_size=4)


def legacy(name: str, shape: MixerShape = SHAPE) -> Mixer:
    torch.manual_seed(0)
    return build_mixer(name, shape).double().eval()


def tokens(rows: int) -> Tensor:
    return torch.randn(rows, S, D, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def real(rows: int) -> Tensor:
    return torch.ones(rows, S, dtype=torch.bool)


def close(left: Tensor, right: Tensor) -> bool:
    return torch.allclose(left, right, atol=1e-10, rtol=0)


def test_the_legacy_transformer_mixes_nothing_when_a_batch_has_one_image() -> None:
    made, x = legacy("transformer-legacy"), tokens(1)
    changed = x.clone()
    changed[0, 2] += 1
    difference = (made(x, real(1)) - made(changed, real(1))).abs().amax(dim=-1)[0]
    assert difference[2] > 1e-3 and (difference[[0, 1, 3, 4]] == 0).all()


def test_the_legacy_transformer_answers_otherwise_when_the_rest_of_the_batch_changes() -> None:
    made, x = legacy("transformer-legacy"), tokens(3)
    together = made(x, real(3))
    assert not torch.allclose(together[:1], made(x[:1], real(1)), atol=1e-3)
    changed = x.clone()
    changed[2, 1] += 1
    difference = (together - made(changed, real(3))).abs().amax(dim=-1)
    assert (difference[:2, 1] > 1e-6).all() and (difference[:, [0, 2, 3, 4]] == 0).all()


def test_the_legacy_transformer_is_torchs_encoder_with_batch_and_sequence_mistaken_for_each_other() -> None:
    made, x = legacy("transformer-legacy"), tokens(3)
    layer = nn.TransformerEncoderLayer(D, 2, 4 * D, 0.0, batch_first=True)
    encoder = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False).double()
    encoder.load_state_dict(made.layers.state_dict())
    assert close(made(x, real(3)), made.norm(encoder(x.transpose(0, 1)).transpose(0, 1)))


def test_the_legacy_transformer_leaves_out_the_padding_of_other_rows() -> None:
    made, x = legacy("transformer-legacy"), tokens(2)
    mask = real(2)
    mask[1, 3:] = False
    assert close(made(x, mask)[0, 3:], made(x[:1], real(1))[0, 3:])


def test_the_layers_of_the_legacy_transformer_start_alike() -> None:
    first, *others = legacy("transformer-legacy").layers.layers
    assert all(torch.equal(first.linear1.weight, other.linear1.weight) for other in others)


def test_the_legacy_mamba2_runs_one_layer_over_its_own_output_without_a_shortcut() -> None:
    made, x = legacy("mamba2-legacy"), tokens(2)
    assert close(made(x, real(2)), made.norm(made.layer(made.layer(made.layer(x)))))
    deeper = legacy("mamba2-legacy", MixerShape(d_model=D, num_blocks=9, num_heads=2, state_size=4))
    assert sum(parameter.numel() for parameter in deeper.parameters()) == sum(p.numel() for p in made.parameters())


def test_the_legacy_lstm_and_gru_are_torchs_own_and_pool_first_and_last() -> None:
    for name, cell in (("lstm-legacy", nn.LSTM), ("gru-legacy", nn.GRU)):
        made, x = legacy(name), tokens(2)
        plain = cell(D, D, num_layers=3, batch_first=True, bidirectional=True).double()
        plain.load_state_dict(made.layers.state_dict())
        mask = real(2)
        mask[1, 3:] = False
        pooled = build_pooling(made.pooling, made.out_width)(made(x, mask), mask)
        for row, length in enumerate((S, 3)):
            out, _ = plain(x[row : row + 1, :length])
            assert close(pooled[row], (out[0, 0] + out[0, -1]) / 2)


def test_the_first_token_of_a_legacy_lstm_has_read_onward_only_itself() -> None:
    made, x = legacy("lstm-legacy", MixerShape(d_model=D, num_blocks=1)), tokens(1)
    alone = made(x[:, :1], real(1)[:, :1])
    out = made(x, real(1))
    assert close(out[0, 0, :D], alone[0, 0, :D]) and not torch.allclose(out[0, 0, D:], alone[0, 0, D:], atol=1e-3)
