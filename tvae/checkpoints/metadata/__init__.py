"""What a checkpoint file records besides its weights: read once, at loading, into typed values with limits.

Everything here comes from a stranger's file. `parse` first makes JSON values of it, bounded in number, depth, length
and range (`Recorded.values`). From these it takes what the program uses, each field with its own limits. What does not
fit is not used, and `Recorded.notes` says so; only a setting on which the meaning of the weights depends, and a file
that records too much, are refused. So nothing that reads a `Recorded` has to check anything again.

Start with `metadata`.
"""
