"""The Hugging Face Hub: download, cache and upload checkpoint files.

Not here: reading the files (`tvae.checkpoints.checkpoint_file`). Start with `client`, the published interface.
"""
