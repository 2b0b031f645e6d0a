"""Does the geometry of a checkpoint know algebra: are operations with a property nearer than their digits explain?

Not here: the properties (`tvae.operations.atlas`), and the answer in words (`tvae.reports.algebra`). Start with
`association`, which defines the measurement.
"""
