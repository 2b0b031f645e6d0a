"""The Explore tab: radius against valuation, operations, coverage and claims of one checkpoint."""
