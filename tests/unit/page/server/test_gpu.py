"""ZeroGPU: what is asked for, and what is used when no GPU comes.

`spaces` is a stand-in that answers and refuses as spaces 0.51.3 does (zero/client.py and zero/wrappers.py).

Each case is a process, because `spaces` is looked for when the module is imported.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from paths import DATA, ROOT

from tvae.page.server import gpu
from tvae.page.ui import texts

STAND_IN = """
import os
import pickle
import gradio

CALLS = []

def GPU(function=None, *, duration=60, **_):
    if function is None:
        return lambda function: GPU(function, duration=duration)

    def lent(*arguments):
        CALLS.append(duration)
        refusal = os.environ.get("REFUSAL")
        if refusal == "no connection":
            raise RuntimeError("ZeroGPU API /schedule error")
        if refusal:
            raise gradio.Error(refusal, title="ZeroGPU quota exceeded", print_exception=False)
        try:  # in a process of its own
            return pickle.loads(pickle.dumps(function(*pickle.loads(pickle.dumps(arguments)))))
        except Exception as error:
            raise gradio.Error(type(error).__name__, title="ZeroGPU worker error", print_exception=False) from None

    return lent
"""
PROGRAM = """
import json, sys
import spaces
from tvae.checkpoints.loading import locate_any
from tvae.errors import TvaeError
from tvae.page.selection.checkpoint.badge import badge
from tvae.page.server import compute
try:
    found = compute.CACHE.get(locate_any(sys.argv[1]))
    said = {"badge": str(badge(found)), "device": found.device, "richness": found.metrics.a.richness}
except TvaeError as error:
    said = {"error": str(error)}
first = compute.default_checkpoint()
print(json.dumps(said | {"calls": spaces.CALLS, "first": first.device}))
"""


def measured(tmp_path: Path, file: Path, **environment: str) -> dict[str, Any]:
    (tmp_path / "spaces.py").write_text(STAND_IN)
    paths = os.pathsep.join((str(tmp_path), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file)],
        env=os.environ | {"PYTHONPATH": paths, "SPACES_ZERO_GPU": "true", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


GOOD = DATA / "homeostatic_rich_layout.pt"


def test_one_short_loan_for_each_checkpoint_and_none_for_the_first_page(tmp_path: Path) -> None:
    found = measured(tmp_path, GOOD)
    assert found["calls"] == [gpu.SECONDS]
    assert gpu.SECONDS <= 15  # of the 120 s that a visitor without an account has a day
    assert found["first"] == "cpu"


@pytest.mark.parametrize("refusal", ["You have exceeded your GPU quota.", "No GPU was available", "no connection"])
def test_the_cpu_gives_the_same_when_no_gpu_comes_and_the_page_says_so(refusal: str, tmp_path: Path) -> None:
    found, refused = measured(tmp_path, GOOD), measured(tmp_path, GOOD, REFUSAL=refusal)
    assert refused["calls"] == [gpu.SECONDS]
    assert refused["device"] == "cpu"
    assert texts.COMPUTED_ON_CPU in refused["badge"]
    assert refused["richness"] == pytest.approx(found["richness"], rel=1e-6)


@pytest.mark.parametrize("refusal", ["", "You have exceeded your GPU quota."])
def test_a_file_that_gives_no_embedding_is_refused_with_the_same_sentence(refusal: str, tmp_path: Path) -> None:
    state = torch.load(GOOD, weights_only=True)
    name = next(iter(state["model_state_dict"]))
    state["model_state_dict"][name] = state["model_state_dict"][name] * float("nan")
    torch.save(state, tmp_path / "nan.pt")
    found = measured(tmp_path, tmp_path / "nan.pt", REFUSAL=refusal)
    assert "not finite" in found["error"]
