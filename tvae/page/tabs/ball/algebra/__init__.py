"""The section of the Ball tab that asks whether the nearest operations share algebraic properties."""
