"""What reads files of purchases: a reader turns a stream of bytes into purchases (and
cancellations) in the fields of the API.

The formats of this package are CSV and JSON lines. Others announce themselves in the entry-point group
`loyalty.importers`; `seed/cdnow.py` shows how small one is.
"""

from loyalty.readers.items import Cancelled, Item, LeftOut, Reader, Taken, reader

__all__ = ["Cancelled", "Item", "LeftOut", "Reader", "Taken", "reader"]
