"""What each of the 19,683 operations is: its algebraic properties, the clones that it is in, its classes and its code.

Everything is exact and for all operations at once. Not here: how people search by it (`tvae.operations.query`).
Start with `properties`, which names every property with its definition, source and published count.
"""
