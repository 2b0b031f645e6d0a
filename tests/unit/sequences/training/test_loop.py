"""Training on sequences: the formulas, the split, and runs that are the same bit for bit."""

import math
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from tvae.errors import RecipeError, SequenceError, TrainingError
from tvae.sequences.fasta import Record, padded, read_fasta, tokens
from tvae.sequences.model import SequenceConfig, SequenceVAE
from tvae.sequences.training.baselines import most_frequent
from tvae.sequences.training.data import UNSCORED, Accuracy, Data, SequencePlan, prepared
from tvae.sequences.training.loop import SequenceRun, adjusted, losses, measure, resume, start, steps_of
from tvae.sequences.windows import Windows

pytestmark = pytest.mark.usefixtures("one_thread")
PLAN = SequencePlan(epochs=10, batch_size=4)


def records(count: int, length: int = 40, seed: int = 0) -> tuple[Record, ...]:
    rng = np.random.default_rng(seed)
    return read_fasta("".join(f">s{i}\n{''.join(rng.choice(list('ACGT'), size=3 * length))}\n" for i in range(count)))


def windows(inputs: torch.Tensor, lengths: list[int]) -> Windows:
    padding = np.arange(100) >= np.array(lengths, np.int64)[:, None]
    zeros = np.zeros(len(lengths), np.int64)
    return Windows(inputs.numpy(), ~padding, padding, zeros, zeros)


def finish(run: SequenceRun, at: int = 10**9) -> SequenceRun:
    for _ in resume(run, stop=lambda: run.step >= at):
        pass
    return run


def same(one: SequenceVAE, other: SequenceVAE) -> bool:
    return all(torch.equal(tensor, other.state_dict()[name]) for name, tensor in one.state_dict().items())


def test_the_loss_is_cross_entropy_over_all_places_and_the_divergence_from_the_normal() -> None:
    model = SequenceVAE(SequenceConfig("amino acids")).double()
    inputs = torch.randint(0, 21, (3, 100), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        found, kl = losses(model, inputs, inputs, torch.Generator().manual_seed(5))
        mu, logvar = model.encode(inputs)
        noise = torch.randn(mu.shape, generator=torch.Generator().manual_seed(5))
        logits = model.decode(mu + noise * logvar.exp().sqrt())
    by_hand = -logits.log_softmax(-1).gather(2, inputs[:, :, None]).mean()
    assert found.item() == pytest.approx(by_hand.item())
    targets = inputs.clone()
    targets[0, 5:50] = UNSCORED
    with torch.no_grad():
        scored, same_kl = losses(model, inputs, targets, torch.Generator().manual_seed(5))
    each = -logits.log_softmax(-1).gather(2, inputs[:, :, None])[..., 0]
    assert scored.item() == pytest.approx(each[targets != UNSCORED].mean().item())
    assert same_kl == kl
    exact = kl_divergence(Normal(mu, logvar.exp().sqrt()), Normal(torch.zeros_like(mu), torch.ones_like(mu)))
    assert kl.item() == pytest.approx(exact.mean().item())


def test_the_split_is_complete_seeded_and_without_a_sequence_on_both_sides() -> None:
    given = records(20)
    again = [replace(one, id=f"again{i}", number=21 + i) for i, one in enumerate(given[:7])]
    data = prepared([*given, *again], PLAN)
    assert data.given == 27
    assert (len(data.train), len(data.held)) == (16, 4)
    rows = {row.tobytes() for row in (*data.train.inputs, *data.held.inputs)}
    assert rows == {padded(tokens(one, "codons")).tobytes() for one in given}
    assert data.digest == prepared(given, PLAN).digest
    same_seed, other_seed = prepared(given, PLAN), prepared(given, PLAN, seed=1)
    assert np.array_equal(same_seed.held.inputs, data.held.inputs)
    assert not np.array_equal(other_seed.held.inputs, data.held.inputs)
    assert prepared(records(20, seed=1), PLAN).digest != data.digest


def test_only_the_first_hundred_tokens_distinguish_sequences_and_padding_does_not_merge() -> None:
    start_ = "ATG" * 100
    data = prepared(read_fasta(f">a\n{start_}\n>b\n{start_}AAA\n>c\nATGTTT\n>d\nATG\n"), replace(PLAN, held_out=0))
    assert len(data.train) == 3  # c and d differ in length alone: TTT is index 0, as padding is
    assert sorted(data.train.known.sum(1).tolist()) == [1, 2, 100]


def test_the_guess_is_the_most_frequent_token_of_each_place() -> None:
    inputs = torch.zeros(3, 100, dtype=torch.int64)
    inputs[:, 0] = torch.tensor([35, 35, 7])
    inputs[0, 1] = 9  # the only true token of place 1
    held = torch.zeros(1, 100, dtype=torch.int64)
    held[0, :3] = torch.tensor([35, 9, 4])
    data = Data(windows(inputs, [2, 1, 1]), windows(held, [3]), ("a",), 4, "")
    found = most_frequent(data)
    assert (found.tokens, found.right) == (3, 2)


def test_accuracy_counts_true_tokens() -> None:
    model = SequenceVAE(SequenceConfig("codons"))
    inputs = torch.zeros(2, 100, dtype=torch.int64)
    found = measure(model, windows(inputs, [3, 100]))
    assert (found.sequences, found.tokens) == (2, 103)
    assert found.share == found.right / 103
    assert measure(model, windows(inputs[:0], [])) == Accuracy(0, 0, 0, None, None)


def test_a_few_sequences_are_memorised() -> None:
    run = finish(start(replace(PLAN, epochs=300, held_out=0.0), prepared(records(4), replace(PLAN, held_out=0.0))))
    assert measure(run.model, run.data.train).share == 1.0
    assert run.history[-1] == {"step": 300, "trained": 1.0, "held_out": None}


def test_every_epoch_has_every_sequence_once() -> None:
    data = prepared(records(13), replace(PLAN, held_out=0.0))
    run = start(replace(PLAN, epochs=3), data)
    seen = []
    for _ in range(3):
        finish(run, run.step + 1)
        assert sorted(run.order.tolist()) == list(range(13))
        seen.append(run.order.tolist())
        finish(run, run.step + 3)
    assert run.step == run.steps == 12
    assert len({tuple(order) for order in seen}) == 3


def test_the_same_seed_gives_the_same_weights_and_another_others() -> None:
    data = prepared(records(10), PLAN)
    torch.manual_seed(1)
    one = finish(start(PLAN, data, seed=3))
    torch.manual_seed(2)  # must not matter
    state = torch.get_rng_state()
    other = finish(start(PLAN, data, seed=3))
    assert torch.equal(torch.get_rng_state(), state)
    assert same(one.model, other.model)
    assert not same(one.model, finish(start(PLAN, data, seed=4)).model)


def test_progress_is_reported_and_measured() -> None:
    plan = replace(PLAN, epochs=125)  # 2 steps an epoch
    reports = list(resume(start(plan, prepared(records(10), plan))))
    assert [one.step for one in reports] == [50, 100, 150, 200, 250]
    assert [one.trained is not None for one in reports] == [False, False, False, True, True]
    for one in reports:
        assert one.steps == 250
        assert one.loss == pytest.approx(one.cross_entropy + 0.1 * one.kl, rel=1e-5)
    assert reports[-1].loss < reports[0].loss
    assert reports[-1].held_out is not None
    assert reports[-1].held_out.sequences == 2


def test_a_rate_that_is_too_high_ends_in_a_sentence() -> None:
    plan = replace(PLAN, epochs=200, learning_rate=1e12)
    with pytest.raises(TrainingError, match=r"no longer finite at step 50 of 400 .* Lower the learning rate"):
        finish(start(plan, prepared(records(10), plan)))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"epochs": 0.0}, "Found 0.0 epochs; give a positive number, such as 300"),
        ({"epochs": math.nan}, "Found nan epochs"),
        ({"epochs": -3.0}, "Found -3.0 epochs"),
        ({"learning_rate": 0.0}, "Found the learning rate 0.0"),
        ({"learning_rate": math.inf}, "Found the learning rate inf"),
        ({"held_out": 1.0}, "Found 1.0 as the share to hold out; give a number from 0 to 0.9"),
        ({"held_out": math.nan}, "Found nan as the share"),
        ({"window": 0}, "Found the window 0; give a number of tokens from 1 to 100"),
        ({"window": 101}, "Found the window 101"),
        ({"window": 50, "stride": 0}, "Found the stride 0"),
        ({"stride": 10}, "Give --window as well"),
        ({"missing": "guess"}, "Found 'guess' for missing tokens; give refuse, mask, drop"),
    ],
)
def test_invalid_settings_are_refused(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecipeError, match=sentence):
        adjusted(SequencePlan(), **settings)


def test_valid_settings_are_applied() -> None:
    assert adjusted(SequencePlan()) == SequencePlan()
    found = adjusted(SequencePlan(), epochs=2.5, learning_rate=0.01, held_out=0.0)
    assert asdict(found) == {**asdict(SequencePlan()), "epochs": 2.5, "learning_rate": 0.01, "held_out": 0.0}
    assert steps_of(found, 33) == round(2.5 * 3)


@pytest.mark.parametrize("epochs", [1e9, 1e-9])
def test_an_invalid_length_is_refused(epochs: float) -> None:
    with pytest.raises(RecipeError, match="a run has 1 to 10,000,000"):
        start(replace(PLAN, epochs=epochs), prepared(records(10), PLAN))


def test_too_few_sequences_and_odd_seeds() -> None:
    with pytest.raises(SequenceError, match="1 sequences were given, 1 of them different, and 0 held out; at least 2"):
        prepared(records(1), PLAN)
    with pytest.raises(SequenceError, match="3 of them different, and 2 held out"):
        prepared(records(3), replace(PLAN, held_out=0.6))
    data = prepared(records(5), PLAN)
    for seed in (-1, 2**63):
        with pytest.raises(TrainingError, match=f"Found the seed {seed}"):
            start(PLAN, data, seed=seed)
        with pytest.raises(TrainingError, match=f"Found the seed {seed}"):
            prepared(records(5), PLAN, seed)
    with pytest.raises(TrainingError, match="Cannot train on the device 'meta'"):
        start(PLAN, data, device="meta")
