"""Where an estate's own colour and logo are served. An address changes with what it holds."""

from dataclasses import dataclass
from typing import Any, Final

from backend.models import Estate

ACCENT: Final = "accent"
LOGO: Final = "logo"


@dataclass(frozen=True, slots=True)
class Brand:
    """The addresses of the style sheet and of the logo; "" where the estate has none of its own."""

    css: str = ""
    logo: str = ""


def accent_of(settings: dict[str, Any]) -> str:
    found = settings.get(ACCENT)
    return found if isinstance(found, str) else ""


def logo_of(settings: dict[str, Any]) -> str:
    """Return the id of the logo's file, or ""."""
    found = settings.get(LOGO)
    return found if isinstance(found, str) else ""


def brand_of(estate: Estate | None) -> Brand:
    """Return the addresses for a page of this estate."""
    if estate is None:
        return Brand()
    accent, logo = accent_of(estate.settings), logo_of(estate.settings)
    return Brand(
        css=f"/brand/{estate.code}.css?v={accent[1:]}" if accent else "",
        logo=f"/brand/{estate.code}/logo?v={logo[:12]}" if logo else "",
    )
