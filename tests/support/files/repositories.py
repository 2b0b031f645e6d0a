"""The files of a repository for tests: every layout, in several forms, and files that are no checkpoint of ours."""

import gzip
import io
import os
import zipfile
from pathlib import Path

import safetensors.torch
import torch
from archives import Calls, archive_of, pickled, records_of, saved
from layouts import BY_NAME, LAYOUTS, file_of, state_of
from paths import DATA, ROOT

BUNDLED = ROOT / "tvae" / "bundled"
GOLDEN = "runs/homeostatic_rich.pt"
BEST = "tree.safetensors"


def checkpoints() -> dict[str, bytes]:
    """22 files that load: each layout, bundled files, wrapped weights, and two paths with the same bytes."""
    files = {f"layouts/{layout.name}/best.pt": saved(file_of(layout, state_of(layout))) for layout in LAYOUTS}
    files |= {f"{name}.safetensors": (BUNDLED / f"{name}.safetensors").read_bytes() for name in ("tree", "v5_5")}
    weights = state_of(BY_NAME["homeostatic_rich"], seed=1)
    files["wrapped.pth"] = saved({"state_dict": {f"module.{name}": one for name, one in weights.items()}})
    files["halved.ckpt"] = saved({"model": {name: one.half() for name, one in weights.items()}})
    files["bare.safetensors"] = safetensors.torch.save({name: one.contiguous() for name, one in weights.items()})
    files[GOLDEN] = files["runs/copy.pt"] = (DATA / "homeostatic_rich_layout.pt").read_bytes()
    return files


def broken() -> dict[str, tuple[bytes, str]]:
    """18 files that do not load, each with a part of the reason."""
    whole, tree = (DATA / "homeostatic_rich_layout.pt").read_bytes(), (BUNDLED / "tree.safetensors").read_bytes()
    layout = BY_NAME["v5_11"]
    weights = state_of(layout)
    first, *others = weights
    kept = {name: weights[name] for name in others}
    nan = kept | {first: torch.full_like(weights[first], float("nan"))}
    wide = kept | {first: torch.zeros(300, 9)}
    more = weights | {"encoder_A.encoder.9.weight": torch.zeros(4, 4)}
    less = {name: one for name, one in weights.items() if name != "encoder_B.fc_mu.bias"}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("best.pt", b"x")
    sequences = next((BUNDLED / "sequences").glob("*.safetensors")).read_bytes()
    return {
        "broken/half.pt": (whole[: len(whole) // 2], "truncated"),
        "broken/half.safetensors": (tree[: len(tree) // 2], "safetensors file"),
        "broken/empty.pt": (b"", "an empty file"),
        "broken/page.pt": (b"<!DOCTYPE html><html>...", "a web page"),
        "broken/pointer.pt": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", "a Git LFS pointer"),
        "broken/picture.pt": (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture (PNG)"),
        "broken/table.ckpt": (b"a,b\n1,2\n", "a table (CSV)"),
        "broken/packed.pt": (packed.getvalue(), 'a ZIP archive with "best.pt" in it'),
        "broken/gzip.pt": (gzip.compress(whole[:99], mtime=0), "a gzip archive"),
        "broken/pickle.pt": (pickled(Calls(os.system, "false")), "a bare pickle"),
        "broken/call.pt": (archive_of({**records_of(whole), "data.pkl": pickled(Calls(os.system, "false"))}), "system"),
        "broken/nan.pt": (saved(file_of(layout, nan)), "not finite"),
        "broken/missing.pt": (saved(file_of(layout, less)), "encoder_B.fc_mu.bias"),
        "broken/wide.pt": (saved(file_of(layout, wide)), first),
        "broken/more.pt": (saved(file_of(layout, more)), "encoder_A.encoder.9.weight"),
        "broken/optimiser.pt": (saved({"optimizer": {"lr": 0.1}}), "the state of an optimiser"),
        "broken/sequences.safetensors": (sequences, "a codon or amino-acid encoder"),
        "broken/zeros.pth": (bytes(1000), "1,000 bytes of something else"),
    }


CARD = b"""---
model-index:
- name: tree
  results:
  - task: {type: other}
    metrics:
    - {type: coverage, value: 1.0}
    - {type: hierarchy, value: -0.8}
    - {name: "Map 3, encoder A", value: 0.99}
    - {type: accuracy, value: 0.5}
    - {type: q_a, value: .inf}
- name: no such file
  results: [{metrics: [{type: coverage, value: 0.5}]}]
---
# Checkpoints
"""


def folder_of(files: dict[str, bytes], folder: Path) -> Path:
    """Write the files below a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder
