"""From a recipe to a trained checkpoint file.

Not here: the page of the Train tab (`tvae.page.tabs.train`). Start with `loop`; `train_to_file` is the whole run.
"""
