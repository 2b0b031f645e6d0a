"""The network, and one pass of all operations through it.

Not here: reading weights from files (`tvae.checkpoints`). Start with `ternary_vae`; `embedding` is what is measured.
"""

from tvae.models.ternary_vae import ModelConfig, TernaryVAE, TernaryVAEV5_11_PartialFreeze

__all__ = ["ModelConfig", "TernaryVAE", "TernaryVAEV5_11_PartialFreeze"]
