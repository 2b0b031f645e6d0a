"""What is uploaded to the Hugging Face Hub: checkpoints and data sets, with their cards.

Not here: requests to the Hub (`tvae.checkpoints.hub`). Start with `publish` and `dataset`.
"""
