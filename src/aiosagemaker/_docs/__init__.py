"""Shapes and operations in words: for docstrings, stubs and the command line's help."""
