"""What a Job on the Hub starts: fetches the sources of the sweep and its share of the runs, and hands over to them.

This file is sent as it is, below a header with the packages that uv installs (`sent.script`). The package is not there
when it starts, so it can import nothing of it before `main`.
"""

import os
import sys
import zipfile
from tempfile import TemporaryDirectory

from huggingface_hub import hf_hub_download


def main() -> None:
    """Run the share that the environment names."""
    paths = [
        hf_hub_download(
            os.environ["SWEEP_RESULTS"], os.environ[name], repo_type="dataset", revision=os.environ["SWEEP_REVISION"]
        )
        for name in ("SWEEP_SOURCES", "SWEEP_SHARE")
    ]
    with TemporaryDirectory() as sources:
        zipfile.ZipFile(paths[0]).extractall(sources)  # our own, at a commit
        sys.path.insert(0, sources)
        from tvae.training.sweeps.hf_jobs.worker import run_share

        run_share(paths[1], os.environ["SWEEP_RESULTS"])


if __name__ == "__main__":
    main()
