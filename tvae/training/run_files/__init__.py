"""Files of a training run, whatever it trains: the state to continue it from, the log, and the row of the manifest.

Not here: what is in a log or a row (`train_to_file`), and the state of a run on sequences (`tvae.sequences.run_state`).
Every file but the log is written whole or not at all. Start with `state`; `run_state` is that of a run on operations.
"""
