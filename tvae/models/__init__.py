"""The network, and its output for all operations.

Not here: reading weights from files (`tvae.checkpoints`). Start with `ternary_vae`; `embedding` has the output that the
metrics measure.
"""

from tvae.models.config import ModelConfig
from tvae.models.ternary_vae import TernaryVAE, TernaryVAEV5_11_PartialFreeze

__all__ = ["ModelConfig", "TernaryVAE", "TernaryVAEV5_11_PartialFreeze"]
