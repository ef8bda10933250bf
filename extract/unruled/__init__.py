"""Tables without upright rules: found by how their text stands, cells made by our own reader."""

from .document import add_unruled_tables

__all__ = ["add_unruled_tables"]
