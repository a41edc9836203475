"""The checks of verify.py, one a file."""
