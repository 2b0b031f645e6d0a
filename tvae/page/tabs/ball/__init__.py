"""The Ball tab: the disk, neighbours, geodesics, and decoding any point."""
