"""The runs of a sweep on Hugging Face Jobs, with the results in a data set repository of the user.

`executor` (on this machine) starts Jobs and fetches results, `received` checks these, `sent` is what a Job gets,
`script` is what it starts, and `worker` what it does. The requests are those of `tvae.checkpoints.hub.jobs`.
"""
