"""From a recipe to a trained checkpoint file.

Not here: the recipes' HTML (`tvae.page.tabs.train`). Start with `loop`; `train_to_file` is the whole run.
"""
