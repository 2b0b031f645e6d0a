"""Training requests from the page: limits, a queue, and one worker process a job.

Not here: HTML. Start with `queue`; `request` defines what may be asked for, `job` runs it, `worker` is the process.
"""
