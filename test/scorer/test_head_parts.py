"""The contract of mixers/mixer.py and poolings/pooling.py, for every mixer and every pooling of the registries."""

import io
import math

import pytest
import torch
from torch import Tensor, nn

from retort_scorer.errors import ScorerError
from retort_scorer.mixers.mixer import Mixer, MixerShape
from retort_scorer.mixers.paper_shapes import PAPER_SHAPES
from retort_scorer.mixers.registry import MIXERS, build_mixer
from retort_scorer.poolings.pooling import EmptySequenceError, Pooling
from retort_scorer.poolings.registry import POOLINGS, build_pooling

D = 16
SHAPE = MixerShape(d_model=D, num_blocks=2, num_heads=2, dropout=0.2, state_size=8)
LENGTHS = (7, 1, 4)
S = max(LENGTHS)
MASK = torch.arange(S) < torch.tensor(LENGTHS).unsqueeze(-1)
CAUSAL = ("xlstm", "mamba2", "mamba2-legacy", "none")
BOTH_WAYS = ("lstm", "lstm-legacy", "gru", "gru-legacy", "transformer")

every_mixer = pytest.mark.parametrize("name", MIXERS)
every_pooling = pytest.mark.parametrize("name", POOLINGS)
every_garbage = pytest.mark.parametrize("garbage", [1e6, math.nan, math.inf], ids=["large", "nan", "infinite"])


def mixer(name: str, seed: int = 0) -> Mixer:
    torch.manual_seed(seed)
    return build_mixer(name, SHAPE)


def settled(module: nn.Module) -> nn.Module:
    """In fp64 and without dropout; parameters that start at zero are moved, so that nothing is hidden by them."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(parameter.numel()))
    return module.double().eval()


def pooling(name: str) -> Pooling:
    return settled(build_pooling(name, D))


def tokens(seed: int = 1, rows: int = len(LENGTHS)) -> Tensor:
    return torch.randn(rows, S, D, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def close(left: Tensor, right: Tensor) -> bool:
    return torch.allclose(left, right, atol=1e-10, rtol=0)


@every_mixer
def test_a_mixer_keeps_the_shape_and_fp32_and_clears_padding(name: str) -> None:
    made = mixer(name)
    out = made(tokens().float(), MASK)
    assert out.shape == (len(LENGTHS), S, made.out_width) and out.dtype == torch.float32
    assert torch.isfinite(out).all() and (out[~MASK] == 0).all() and (out[MASK] != 0).any()


@every_mixer
@every_garbage
def test_what_stands_in_padded_places_changes_no_output_of_a_mixer(name: str, garbage: float) -> None:
    made, x = settled(mixer(name)), tokens()
    assert torch.equal(made(x, MASK), made(torch.where(MASK.unsqueeze(-1), x, garbage), MASK))


@every_mixer
def test_nan_in_padded_places_reaches_no_gradient_of_a_mixer(name: str) -> None:
    made = settled(mixer(name))
    x = torch.where(MASK.unsqueeze(-1), tokens(), math.nan).requires_grad_()
    (made(x, MASK) * tokens(2).repeat(1, 1, made.out_width // D)).sum().backward()
    assert torch.isfinite(x.grad).all() and (x.grad[~MASK] == 0).all()
    assert all(torch.isfinite(parameter.grad).all() for parameter in made.parameters())


@every_mixer
def test_more_padding_on_the_right_changes_no_output_of_a_mixer(name: str) -> None:
    made, x = settled(mixer(name)), tokens()
    longer = torch.cat((x, tokens(3)[:, :5]), dim=1)
    assert close(made(x, MASK), made(longer, torch.cat((MASK, torch.zeros(len(LENGTHS), 5, dtype=torch.bool)), dim=1))[:, :S])


@pytest.mark.parametrize("name", [name for name in MIXERS if name != "transformer-legacy"])
def test_a_row_comes_out_of_a_mixer_as_it_does_alone_and_unpadded(name: str) -> None:
    made, x = settled(mixer(name)), tokens()
    together = made(x, MASK)
    for row, length in enumerate(LENGTHS):
        alone = made(x[row : row + 1, :length], torch.ones(1, length, dtype=torch.bool))
        assert close(together[row, :length], alone[0])


@every_mixer
def test_the_order_of_a_batch_does_not_matter_to_a_mixer(name: str) -> None:
    made, x, order = settled(mixer(name)), tokens(), torch.tensor([2, 0, 1])
    assert close(made(x, MASK)[order], made(x[order], MASK[order]))


@every_mixer
def test_a_gradient_reaches_every_parameter_of_a_mixer_and_its_input(name: str) -> None:
    made, x = settled(mixer(name)), tokens().requires_grad_()
    (made(x, MASK) * tokens(2).repeat(1, 1, made.out_width // D)).sum().backward()
    missed = [key for key, parameter in made.named_parameters() if parameter.grad is None or not parameter.grad.any()]
    assert missed == [] and x.grad[MASK].all(dim=-1).all()


@every_mixer
def test_a_mixer_takes_a_single_token(name: str) -> None:
    made, x = settled(mixer(name)), tokens()
    out = made(x[:, :1], torch.ones(len(LENGTHS), 1, dtype=torch.bool))
    assert out.shape == (len(LENGTHS), 1, made.out_width) and torch.isfinite(out).all()


@every_mixer
def test_a_row_of_padding_only_comes_out_of_a_mixer_as_zeros_and_leaves_the_others_alone(name: str) -> None:
    made, x = settled(mixer(name)), tokens().requires_grad_()
    nothing = torch.full((1, S, D), math.nan, dtype=torch.float64)
    out = made(torch.cat((x, nothing)), torch.cat((MASK, torch.zeros(1, S, dtype=torch.bool))))
    assert (out[-1] == 0).all() and close(out[:-1], made(x, MASK))
    out.square().sum().backward()
    assert torch.isfinite(x.grad).all() and all(torch.isfinite(parameter.grad).all() for parameter in made.parameters())


@pytest.mark.parametrize("name", CAUSAL)
def test_no_token_of_a_causal_mixer_sees_a_later_one(name: str) -> None:
    assert not seen_by(settled(mixer(name))).triu(1).any()


@pytest.mark.parametrize("name", BOTH_WAYS)
def test_every_token_of_a_mixer_that_reads_both_ways_sees_every_other(name: str) -> None:
    assert seen_by(settled(mixer(name))).all()


@pytest.mark.parametrize("name", ["xlstm", "mamba2", "mamba2-legacy"])
def test_every_token_of_a_mixer_that_is_causal_sees_all_before_it(name: str) -> None:
    assert seen_by(settled(mixer(name)))[torch.ones(S, S).tril().bool()].all()


def seen_by(made: Mixer) -> Tensor:
    """[S, S], bool: whether the output at i has a gradient with respect to the token at j."""
    x = tokens(rows=1).requires_grad_()
    out = made(x, torch.ones(1, S, dtype=torch.bool))
    weights = tokens(2, rows=1).repeat(1, 1, made.out_width // D)
    rows = [torch.autograd.grad((out[0, i] * weights[0, i]).sum(), x, retain_graph=True)[0][0] for i in range(S)]
    return torch.stack([row.abs().amax(dim=-1) > 1e-12 for row in rows])


@pytest.mark.parametrize("name", ["lstm", "gru", "transformer", "xlstm", "mamba2"])
def test_a_mixer_that_is_no_bag_of_tokens_knows_their_order(name: str) -> None:
    made, x, mask = settled(mixer(name)), tokens(rows=1), torch.ones(1, S, dtype=torch.bool)
    assert not torch.allclose(made(x.flip(1), mask).flip(1), made(x, mask), atol=1e-3)


@every_mixer
def test_one_seed_makes_one_mixer_and_one_step_of_training(name: str) -> None:
    def step(seed: int) -> Tensor:
        made = mixer(name, seed).train()
        return made(tokens().float(), MASK)

    assert torch.equal(step(4), step(4))
    if name != "none":
        assert not torch.equal(step(4), step(5))


@every_mixer
def test_a_mixer_in_evaluation_answers_alike_twice(name: str) -> None:
    made, x = mixer(name).eval(), tokens().float()
    assert torch.equal(made(x, MASK), made(x, MASK))


@every_mixer
def test_the_weights_of_a_mixer_go_through_a_file(name: str) -> None:
    file = io.BytesIO()
    made, other = settled(mixer(name)), mixer(name, seed=9).double().eval()
    torch.save(made.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True), strict=True)
    assert torch.equal(made(tokens(), MASK), other(tokens(), MASK))


@every_mixer
def test_the_pooling_that_belongs_to_a_mixer_is_there(name: str) -> None:
    made = mixer(name)
    assert (made.pooling in POOLINGS) if name.endswith("-legacy") else (made.pooling is None)


@pytest.mark.parametrize("name", PAPER_SHAPES)
def test_a_mixer_can_be_built_as_large_as_the_paper_has_it(name: str) -> None:
    with torch.device("meta"):
        assert next(build_mixer(name, PAPER_SHAPES[name]).parameters()).is_meta


def test_an_unknown_mixer_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(ScorerError, match=f"no mixer 'rnn'.*{', '.join(MIXERS)}"):
        build_mixer("rnn", SHAPE)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("transformer", MixerShape(d_model=16, num_heads=3)),
        ("transformer", MixerShape(d_model=6, num_heads=2)),
        ("mamba2", MixerShape(d_model=16, num_heads=5)),
        ("lstm", MixerShape(d_model=15)),
        ("gru", MixerShape(d_model=15)),
    ],
)
def test_a_width_that_cannot_be_shared_out_is_refused(name: str, shape: MixerShape) -> None:
    with pytest.raises(ScorerError, match="can't be shared among"):
        build_mixer(name, shape)


@every_pooling
def test_a_pooling_makes_one_fp32_vector_a_row(name: str) -> None:
    made = build_pooling(name, D)
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        out = made(tokens().to(dtype), MASK)
        assert out.shape == (len(LENGTHS), made.out_width) and out.dtype == torch.float32


@every_pooling
@every_garbage
def test_what_stands_in_padded_places_changes_no_pooling(name: str, garbage: float) -> None:
    made, x = pooling(name), tokens()
    assert torch.equal(made(x, MASK), made(torch.where(MASK.unsqueeze(-1), x, garbage), MASK))


@every_pooling
def test_nan_in_padded_places_reaches_no_gradient_of_a_pooling(name: str) -> None:
    made = pooling(name)
    x = torch.where(MASK.unsqueeze(-1), tokens(), math.nan).requires_grad_()
    made(x, MASK).square().sum().backward()
    assert torch.isfinite(x.grad).all() and (x.grad[~MASK] == 0).all()
    assert all(parameter.grad.isfinite().all() and parameter.grad.any() for parameter in made.parameters())


@every_pooling
def test_a_row_is_pooled_as_it_is_alone_and_unpadded_and_in_any_order(name: str) -> None:
    made, x, order = pooling(name), tokens(), torch.tensor([2, 0, 1])
    together = made(x, MASK)
    assert close(together[order], made(x[order], MASK[order]))
    for row, length in enumerate(LENGTHS):
        alone = made(x[row : row + 1, :length], torch.ones(1, length, dtype=torch.bool))
        assert close(together[row], alone[0])


@every_pooling
def test_a_single_token_is_pooled_to_itself(name: str) -> None:
    made, x = pooling(name), tokens()
    assert close(made(x, MASK)[1], x[1, 0].repeat(made.out_width // D))


@every_pooling
def test_a_row_of_padding_only_is_refused(name: str) -> None:
    with pytest.raises(EmptySequenceError):
        build_pooling(name, D)(tokens(), MASK & torch.tensor([[True], [False], [True]]))


@every_pooling
def test_the_weights_of_a_pooling_go_through_its_state(name: str) -> None:
    made, other = pooling(name), build_pooling(name, D).double()
    other.load_state_dict(made.state_dict(), strict=True)
    assert torch.equal(made(tokens(), MASK), other(tokens(), MASK))


def test_each_pooling_is_what_its_name_says() -> None:
    x = tokens()
    row = x[2, : LENGTHS[2]]
    expected = {
        "mean": row.mean(dim=0),
        "max": row.max(dim=0).values,
        "last": row[-1],
        "first-last": torch.cat((row[0], row[-1])),
        "first-last-mean": (row[0] + row[-1]) / 2,
    }
    for name, vector in expected.items():
        assert close(build_pooling(name, D)(x, MASK)[2], vector), name
    attention = pooling("attention")
    query = attention.query.detach()
    weights = torch.tensor([math.exp(float(token @ query) / math.sqrt(D)) for token in row], dtype=torch.float64)
    assert close(attention(x, MASK)[2], (weights.unsqueeze(-1) * row).sum(dim=0) / weights.sum())


def test_attention_starts_as_the_mean() -> None:
    assert close(build_pooling("attention", D)(tokens(), MASK), build_pooling("mean", D)(tokens(), MASK))


def test_an_unknown_pooling_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(ScorerError, match=f"no pooling 'median'.*{', '.join(POOLINGS)}"):
        build_pooling("median", D)
