"""Measurements. They assert nothing about time; `python -m tests.benchmarks` runs them."""
