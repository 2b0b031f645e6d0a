"""Many training runs into one directory: a grid of settings, its jobs, and who runs them.

Not here: the training of one run (`tvae.training.loop`), and what becomes of the rows. Start with `sweep`. `executor`
says what runs jobs: `local` does so on this machine, `ray_tasks` and `hf_jobs` on others, and `on` chooses.
"""
