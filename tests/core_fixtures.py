"""A published layout, opened and measured once for the whole run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from archives import saved
from layouts import BY_NAME, file_of, state_of

from tvae import loading, measuring
from tvae.loading import Located
from tvae.measuring import Measured

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def rich_file() -> Path:
    """The layout of homeostatic_rich/best.pt with seeded random weights: nearly no operation is reconstructed."""
    return DATA / "homeostatic_rich_layout.pt"


@pytest.fixture(scope="session")
def rich(rich_file: Path) -> tuple[Located, Measured]:
    located = loading.locate_any(rich_file)
    return located, measuring.measure(loading.open_located(located))


@pytest.fixture(scope="session")
def euclidean_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layout of v5_5."""
    path = tmp_path_factory.mktemp("v5_5") / "latest.pt"
    path.write_bytes(saved(file_of(BY_NAME["v5_5"], state_of(BY_NAME["v5_5"]))))
    return path


@pytest.fixture(scope="session")
def euclidean(euclidean_file: Path) -> tuple[Located, Measured]:
    located = loading.locate_any(euclidean_file)
    return located, measuring.measure(loading.open_located(located))


@pytest.fixture(scope="session")
def ball_reader(tmp_path_factory: pytest.TempPathFactory) -> tuple[Located, Measured]:
    """The layout of v5_12_1, whose decoder reads the ball."""
    layout = BY_NAME["v5_12_1"]
    path = tmp_path_factory.mktemp("v5_12_1") / "best.pt"
    path.write_bytes(saved(file_of(layout, state_of(layout))))
    located = loading.locate_any(path)
    return located, measuring.measure(loading.open_located(located))


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """For training: batches this small gain nothing from a second thread, and on a busy machine they wait for it."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
