"""What a training step minimises: the loss terms, their sum for one batch, and the homeostasis controller.

Not here: the optimisers (`tvae.training.loop`, `tvae.training.kfac`). Start with `objective`.
"""
