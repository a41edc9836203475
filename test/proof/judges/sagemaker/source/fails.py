"""A training script that fails."""

raise ValueError("the label is no number")
