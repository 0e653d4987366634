"""What a camera knew of a photo, in the user's words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from app.types import PhotoDetails

STAR = "★"


def exposure_text(details: PhotoDetails) -> str:
    """ "1/125 s · f/5.6 · ISO 400 · 50 mm"; empty where nothing is known."""
    parts = [
        _seconds(details.exposure_seconds),
        f"f/{_number(details.aperture)}" if details.aperture else "",
        f"ISO {details.iso}" if details.iso else "",
        f"{_number(details.focal_length)} mm" if details.focal_length else "",
        _tr("flash") if details.flash else "",
    ]
    return " · ".join(part for part in parts if part)


def place_text(details: PhotoDetails) -> str:
    """The place in words, and where on Earth it is."""
    lines = [details.place]
    if details.position:
        latitude, longitude = details.position
        north = _tr("N") if latitude >= 0 else _tr("S")
        east = _tr("E") if longitude >= 0 else _tr("W")
        degrees = QLocale().toString
        lines.append(f"{degrees(abs(latitude), 'f', 4)}° {north}, {degrees(abs(longitude), 'f', 4)}° {east}")
    return "\n".join(line for line in lines if line)


def zone_text(details: PhotoDetails) -> str:
    """ "UTC+02:00"; empty where the zone of the camera's clock is not known."""
    minutes = details.zone_minutes
    if minutes is None:
        return ""
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def stars_text(rating: int | None) -> str:
    """As many stars."""
    return STAR * (rating or 0)


def _seconds(seconds: float | None) -> str:
    """Short times are told as fractions, as cameras do."""
    if not seconds:
        return ""
    if seconds < 0.3:
        return _tr("1/{} s").format(QLocale().toString(round(1 / seconds)))
    return _tr("{} s").format(_number(seconds))


def _number(value: float | None) -> str:
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(round(value or 0, 1), "g", 6)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PhotoFacts", text)
