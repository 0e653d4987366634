"""How much of a picture Sietch is willing to hold. Every decoder asks before it makes pixels."""

from __future__ import annotations

from core.errors import DamagedImage, ImageTooLarge

MAX_PIXELS = 150_000_000
"""More than any camera or stitched panorama in common use; at most four bytes a pixel of it are held, 600 MB."""

MAX_SCALED_PIXELS = 400_000_000
"""The bound for sequential JPEG, of which only an eighth is ever held when it is large."""


def check_size(width: int, height: int, bound: int, callers: int | None = None) -> None:
    """Passes over a picture of a bearable size.

    Args:
        width: that the picture claims, in pixels.
        height: likewise.
        bound: the decoder's, in pixels.
        callers: a bound of the caller's, where there is one.

    Raises:
        DamagedImage: it claims to have no pixels.
        ImageTooLarge: it claims more than the bound.
    """
    if width < 1 or height < 1:
        raise DamagedImage("The picture is damaged (it claims to have no pixels).")
    if callers is not None:
        bound = min(bound, callers)
    if width * height > bound:
        raise ImageTooLarge(
            f"The picture has {width:,} × {height:,} pixels, more than the {bound // 1_000_000} megapixels that "
            "Sietch opens."
        )
