"""The recipes as data: phases, objectives and target layouts.

Not here: the loop that runs them (`tvae.training.loop`). Start with `table`; `recipe` defines the fields.
"""
