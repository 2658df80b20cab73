"""All rules; importing this registers them."""

from rules import faults, names, pages, rooms, size, swift, tree

__all__ = ["faults", "names", "pages", "rooms", "size", "swift", "tree"]
