"""All rules; importing this registers them."""

from rules import names, pages, rooms, size, swift, tree

__all__ = ["names", "pages", "rooms", "size", "swift", "tree"]
