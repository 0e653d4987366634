"""Files of the formats that Pillow does not write, made of a picture: HEIC, JPEG XL, and a camera's raw file."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pylibjxl
from PIL import Image

_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _SRATIONAL = 1, 2, 3, 4, 5, 10
_SIZES = {_BYTE: 1, _ASCII: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8, _SRATIONAL: 8}


def exif(orientation: int, taken: str = "2021:05:06 07:08:09") -> Image.Exif:
    """With a time, and how the picture is to be turned."""
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x0132] = taken
    return block


def jpeg(image: Image.Image, orientation: int = 1, quality: int = 95) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling=0, exif=exif(orientation))
    return file.getvalue()


def heic(image: Image.Image, orientation: int = 1) -> bytes:
    """With the turning in its own properties and the EXIF tag, which libheif writes 1 as cameras do not."""
    file = io.BytesIO()
    pillow_heif.from_pillow(image).save(file, quality=90, chroma=444, exif=exif(orientation).tobytes())
    return file.getvalue()


def jxl(image: Image.Image, orientation: int = 1) -> bytes:
    """As libjxl makes it of a JPEG without loss: turned by its codestream, the EXIF tag still beside it."""
    data: bytes = pylibjxl.jpeg_to_jxl(jpeg(image, orientation))
    return data


_CAMERAS = {
    "dng": (b"II*\0\x08\0\0\0", b"Sietch\0", b"Test camera\0"),
    "nef": (b"II*\0\x08\0\0\0", b"NIKON CORPORATION\0", b"NIKON D100\0"),
    "arw": (b"II*\0\x08\0\0\0", b"SONY\0", b"DSLR-A100\0"),
    "cr2": (b"II*\0\x10\0\0\0CR\2\0\0\0\0\0", b"Canon\0", b"Canon EOS 5D\0"),
    "orf": (b"IIRO\x08\0\0\0", b"OLYMPUS CORPORATION\0", b"E-1\0"),
    "rw2": (b"IIU\0\x08\0\0\0", b"Panasonic\0", b"DMC-GF1\0"),
}
"""How such files begin, and a camera that wrote them."""

_OF_DNG = 0xC612
"""The first of the tags that only DNG has."""


def dng(
    image: Image.Image,
    orientation: int = 1,
    preview: Image.Image | None = None,
    scale: int = 1,
    kind: str = "dng",
) -> bytes:
    """A raw file: a Bayer mosaic of 16 bits and, in a directory of its own, a camera's JPEG preview.

    Of another kind than DNG it is an imitation: built like the files of that camera, but not compressed as theirs are.

    Args:
        image: as it lies on the sensor; even sides.
        orientation: how it is to be turned.
        preview: likewise as on the sensor.
        scale: the file claims sides that are this many times those of the picture, and holds no more for it.
        kind: dng, nef, arw, cr2, orf or rw2.
    """
    header, make, model = _CAMERAS[kind]
    colours = np.asarray(image.convert("RGB")).astype(np.float64) / 255
    mosaic = colours[:, :, 1].copy()
    mosaic[0::2, 0::2], mosaic[1::2, 1::2] = colours[0::2, 0::2, 0], colours[1::2, 1::2, 2]
    # The sensor counts light; the picture's values are for the eye.
    sensor = (np.clip(mosaic**2.2, 0, 1) * 60000).astype("<u2").tobytes()
    width, height = image.width * scale, image.height * scale
    tags = [
        (0x00FE, _LONG, (0,)),
        (0x0100, _LONG, (width,)),
        (0x0101, _LONG, (height,)),
        (0x0102, _SHORT, (16,)),
        (0x0103, _SHORT, (1,)),
        (0x0106, _SHORT, (32803,)),
        (0x010F, _ASCII, make),
        (0x0110, _ASCII, model),
        (0x0111, _LONG, ("sensor",)),
        (0x0112, _SHORT, (orientation,)),
        (0x0115, _SHORT, (1,)),
        (0x0116, _LONG, (height,)),
        (0x0117, _LONG, (len(sensor),)),
        (0x0132, _ASCII, b"2021:05:06 07:08:09\0"),
        *([(0x014A, _LONG, ("preview",))] if preview else []),
        (0x828D, _SHORT, (2, 2)),
        (0x828E, _BYTE, b"\0\1\1\2"),
        (0xC612, _BYTE, b"\1\4\0\0"),
        (0xC614, _ASCII, b"Sietch test camera\0"),
        (0xC61D, _LONG, (60000,)),
        # From XYZ to the colours of the sensor: those of sRGB (IEC 61966-2-1), times 10,000.
        (0xC621, _SRATIONAL, (32406, -15372, -4986, -9689, 18758, 415, 557, -2040, 10570)),
        (0xC628, _RATIONAL, (10000, 10000, 10000)),
        (0xC65A, _SHORT, (21,)),
    ]
    blobs = {"sensor": sensor}
    directories = [[tag for tag in tags if kind == "dng" or tag[0] < _OF_DNG]]
    if preview:
        blobs["picture"] = jpeg(preview)
        directories.append(
            [
                (0x00FE, _LONG, (1,)),
                (0x0100, _LONG, (preview.width,)),
                (0x0101, _LONG, (preview.height,)),
                (0x0102, _SHORT, (8, 8, 8)),
                (0x0103, _SHORT, (7,)),
                (0x0106, _SHORT, (6,)),
                (0x0111, _LONG, ("picture",)),
                (0x0115, _SHORT, (3,)),
                (0x0116, _LONG, (preview.height,)),
                (0x0117, _LONG, (len(blobs["picture"]),)),
            ]
        )
    return _tiff(directories, blobs, header)


_Tag = tuple[int, int, "tuple[int | str, ...] | bytes"]


def _tiff(directories: list[list[_Tag]], blobs: dict[str, bytes], header: bytes) -> bytes:
    """Directories, then what does not fit into them, then the blobs. The second is called "preview"."""
    places: dict[str, int] = {}
    for _ in range(2):
        # Once to learn how long everything is, once with the places that follow from it.
        data = bytearray(header)
        for number, tags in enumerate(directories):
            if number == 1:
                places["preview"] = len(data)
            rest = bytearray()
            after = len(data) + 2 + 12 * len(tags) + 4
            data += struct.pack("<H", len(tags))
            for tag, kind, values in tags:
                packed = _packed(kind, values, places)
                if len(packed) > 4:
                    field = struct.pack("<I", after + len(rest))
                    rest += packed + b"\0" * (len(packed) % 2)
                else:
                    field = packed.ljust(4, b"\0")
                data += struct.pack("<HHI", tag, kind, len(packed) // _SIZES[kind]) + field
            data += b"\0\0\0\0" + rest
        for name, blob in blobs.items():
            places[name] = len(data)
            data += blob + b"\0" * (len(blob) % 2)
    return bytes(data)


def _packed(kind: int, values: tuple[int | str, ...] | bytes, places: dict[str, int]) -> bytes:
    if isinstance(values, bytes):
        return values
    numbers = [places.get(value, 0) if isinstance(value, str) else value for value in values]
    if kind in (_RATIONAL, _SRATIONAL):
        return b"".join(struct.pack("<iI", number, 10000) for number in numbers)
    return struct.pack(f"<{len(numbers)}{'H' if kind == _SHORT else 'I'}", *numbers)


def film(path: Path, frames: Iterable[Image.Image], rate: float = 10.0, rotation: int = 0) -> Path:
    """A video of MPEG-4 pictures without sound, in the container that the name asks for.

    Args:
        path: ends with mp4, mov, mkv or avi.
        frames: of one size, as they lie in the file.
        rate: frames a second.
        rotation: by how many degrees a player is to turn them clockwise; only MP4 and MOV can say so.
    """
    writer: cv2.VideoWriter | None = None
    path.parent.mkdir(parents=True, exist_ok=True)
    for frame in frames:
        if writer is None:
            code = cv2.VideoWriter.fourcc(*("MJPG" if path.suffix == ".avi" else "mp4v"))
            writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, rate, frame.size)
            assert writer.isOpened()
        writer.write(np.asarray(frame)[:, :, ::-1].copy())
    assert writer is not None
    writer.release()
    if rotation:
        data = bytearray(path.read_bytes())
        # ISO/IEC 14496-12, 8.3.2: the matrix stands 40 bytes into the track's header.
        place = data.index(b"tkhd") + 4 + 40
        cos, sin = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[rotation]
        matrix = (cos << 16, sin << 16, 0, -sin << 16, cos << 16, 0, 0, 0, 1 << 30)
        data[place : place + 36] = struct.pack(">9i", *matrix)
        path.write_bytes(data)
    return path
