"""The Coverage tab: reconstruction in depth, calibration, noise."""
