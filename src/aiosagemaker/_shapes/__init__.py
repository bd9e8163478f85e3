"""Shapes: data without I/O. Schema rows, the classes built from them, their conversion and their constraints."""
