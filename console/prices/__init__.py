"""`causeway refresh-prices`: read the clouds' public price lists, and renew the price table from them."""

from console.prices import options

__all__ = ["options"]
