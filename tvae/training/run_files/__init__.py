"""Files of a training run, whatever it trains: the state to continue it from, the log, and the row of the manifest.

Not here: what is in them (`run_state` and `train_to_file`, of `tvae.training` and of `tvae.sequences`). Every file but
the log is written whole or not at all. Start with `state`.
"""
