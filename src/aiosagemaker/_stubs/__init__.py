"""The stubs: what type checkers and editors see of the classes that are built at run time."""
