"""Addresses on a map of the mainland, which opens in its app or in the browser.

Nothing of it loads before a tap, and the tap tells the map no name and no flat.
"""

from typing import Final
from urllib.parse import quote

SEARCH: Final = "https://uri.amap.com/search?keyword="
POINT: Final = "https://uri.amap.com/marker?"


def of_address(place: str) -> str:
    """Where the map shows an address that is written out."""
    return SEARCH + quote(place)


def of_point(latitude: float, longitude: float) -> str:
    """Where the map shows a point as a telephone measures it, in degrees (WGS 84)."""
    return f"{POINT}position={longitude:.5f},{latitude:.5f}&coordinate=wgs84"
