"""Pictures made here, in every kind of file and with every kind of metadata, and what is read from them."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import datetime
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from app.metadata import Metadata, Moment, Place, Region, RegionSource, beside, read
from app.metadata.regions import Box, stored, upright
from tests import media

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "MP": "http://ns.microsoft.com/photo/1.2/",
    "MPRI": "http://ns.microsoft.com/photo/1.2/t/RegionInfo#",
    "MPReg": "http://ns.microsoft.com/photo/1.2/t/Region#",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "sietch": "urn:sietch:xmp:1.0/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
}


def packet(body: str, attributes: str = "") -> bytes:
    spaces = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in SPACES.items())
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" {spaces} {attributes}>{body}</rdf:Description>'
        f'</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def bag(name: str, *words: str) -> str:
    return f"<{name}><rdf:Bag>{''.join(f'<rdf:li>{word}</rdf:li>' for word in words)}</rdf:Bag></{name}>"


def region(name: str, area: str, extra: str = "") -> str:
    return (
        f'<mwg-rs:Regions rdf:parseType="Resource">{extra}<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description '
        f'mwg-rs:Name="{name}" mwg-rs:Type="Face"><mwg-rs:Area {area}/></rdf:Description></rdf:li></rdf:Bag>'
        f"</mwg-rs:RegionList></mwg-rs:Regions>"
    )


ADA = region("Ada", 'stArea:x="0.3" stArea:y="0.4" stArea:w="0.2" stArea:h="0.4" stArea:unit="normalized"')
ADAS = Region("Ada", 0.2, 0.2, 0.2, 0.4, RegionSource.MWG)


def picture(
    kind: str = "JPEG",
    xmp: bytes = b"",
    details: dict[int, object] | None = None,
    base: dict[int, object] | None = None,
) -> bytes:
    """A small picture with EXIF and XMP, as Pillow writes them."""
    exif = Image.Exif()
    for tag, value in (base or {}).items():
        exif[tag] = value
    for tag, value in (details or {}).items():
        exif.get_ifd(ExifTags.IFD.Exif)[tag] = value
    data, options = io.BytesIO(), {"exif": exif} if base or details else {}
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        if xmp:
            text.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=True)
        Image.new("RGB", (8, 6)).save(data, kind, pnginfo=text, **options)
    elif kind == "TIFF":
        exif[700] = xmp
        Image.new("RGB", (8, 6)).save(data, kind, exif=exif)
    else:
        Image.new("RGB", (8, 6)).save(data, kind, xmp=xmp, **options)
    return data.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def inserted(segments: bytes) -> bytes:
    """A JPEG with further segments at its beginning."""
    plain = picture()
    return plain[:2] + segments + plain[2:]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_exif_and_xmp_are_read_from_every_kind_of_file(kind: str) -> None:
    said = packet(bag("dc:subject", "sea", "boats") + ADA, 'xmp:Rating="4"')
    details = {ExifTags.Base.DateTimeOriginal: "2021:05:01 10:11:12", ExifTags.Base.OffsetTimeOriginal: "+05:30"}
    found = read(picture(kind, said, details, {ExifTags.Base.Make: "Box", ExifTags.Base.Model: "Brownie"}))
    assert found.taken == Moment(datetime(2021, 5, 1, 10, 11, 12), 330)
    assert (found.make, found.model, found.rating, found.keywords) == ("Box", "Brownie", 4, ("sea", "boats"))
    assert found.regions == (ADAS,)


@pytest.mark.parametrize("padding", [0, 20_000_000])
def test_a_tiffs_tags_are_read_wherever_they_are(padding: int) -> None:
    data = picture(
        "TIFF", packet(ADA), None, {ExifTags.Base.Make: "Box", ExifTags.Base.DateTime: "2021:05:01 10:11:12"}
    )
    if padding:
        data = tiff_moved(data, padding)
    found = read(data)
    assert (found.make, found.taken, found.regions) == ("Box", Moment(datetime(2021, 5, 1, 10, 11, 12)), (ADAS,))


def tiff_moved(data: bytes, padding: int) -> bytes:
    """A TIFF whose first directory comes after a large picture: the directory and its values are copied to the end."""
    start = len(data) + padding
    count = struct.unpack_from("<H", data, 8)[0]
    entries = bytearray(data[8 : 8 + 2 + 12 * count + 4])
    for at in range(2, 2 + 12 * count, 12):
        kind, number, offset = struct.unpack_from("<HII", entries, at + 2)
        if number * {1: 1, 2: 1, 3: 2, 4: 4, 7: 1}[kind] > 4:
            struct.pack_into("<I", entries, at + 8, start + offset)
    moved = data + bytes(padding) + data + bytes(entries)
    return data[:4] + struct.pack("<I", start + len(data)) + moved[8:]


def test_xmp_in_several_segments_is_one() -> None:
    guid = b"0123456789ABCDEF0123456789ABCDEF"
    main = packet("<dc:title>x</dc:title>", f'xmpNote:HasExtendedXMP="{guid.decode()}"')
    rest = packet(bag("dc:subject", *(f"word {number}" for number in range(900))))
    head = b"http://ns.adobe.com/xmp/extension/\0"
    pieces = [
        segment(0xE1, head + guid + struct.pack(">II", len(rest), at) + rest[at : at + 10_000])
        for at in range(0, len(rest), 10_000)
    ]
    other = segment(0xE1, head + b"F" * 32 + struct.pack(">II", 3, 0) + b"<x>")
    whole = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + main) + other + b"".join(reversed(pieces))
    found = read(inserted(whole))
    assert len(pieces) > 1 and len(found.keywords) == 900 and found.title == "x"
    torn = read(inserted(whole.replace(pieces[1], b"")))
    assert torn.keywords == () and torn.title == "x"


def test_iptc_is_read_from_photoshops_resources() -> None:
    def record(number: int, value: bytes) -> bytes:
        return b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(value)) + value

    records = record(25, "été".encode("cp1252")) + record(25, b"mer") + record(120, b"Une\rligne")
    records += record(90, b"Brest") + record(55, b"20200229") + record(60, b"101112+0100")
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records
    other = b"8BIM\x03\xed\x03abc" + struct.pack(">I", 3) + b"xyz\0"
    found = read(inserted(segment(0xED, b"Photoshop 3.0\0" + other + resource)))
    assert (found.keywords, found.caption, found.place.city) == (("été", "mer"), "Une\nligne", "Brest")
    assert found.taken == Moment(datetime(2020, 2, 29, 10, 11, 12), 60)


def marked(kind: str, orientation: int) -> bytes:
    """A dark face in a white picture, which is stored turned, with its region."""
    white = Image.new("RGB", (320, 240), (255, 255, 255))
    white.paste((0, 0, 0), (64, 96, 128, 216))
    said = packet(region("Ada", 'stArea:x="0.3" stArea:y="0.65" stArea:w="0.2" stArea:h="0.5"'))
    exif, data = media.exif(orientation), io.BytesIO()
    if kind == "HEIC":
        pillow_heif.from_pillow(white).save(data, quality=95, chroma=444, exif=exif.tobytes(), xmp=said)
    else:
        white.save(data, kind, quality=95, exif=exif, xmp=said)
    return data.getvalue()


def assert_marks_the_dark(data: bytes) -> None:
    """Where a face is marked, its colour is found in the picture that the decoder turned."""
    from core import images

    decoded, found = images.decode(data), read(data).regions[0]
    height, width = decoded.pixels.shape[:2]
    x, y = round(found.x * width), round(found.y * height)
    inside = decoded.pixels[y : y + round(found.height * height), x : x + round(found.width * width)]
    assert inside.mean() < 10
    assert (decoded.pixels < 128).sum() == pytest.approx(inside.size, rel=0.03)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "HEIC"])
def test_a_region_turns_with_the_picture(kind: str, orientation: int) -> None:
    assert_marks_the_dark(marked(kind, orientation))


@pytest.mark.parametrize(("own", "told"), [(6, 1), (5, 8), (1, 6)])
def test_a_heic_is_turned_by_its_own_properties_whatever_exif_says(own: int, told: int) -> None:
    """As the decoder does: EXIF's orientation only repeats them, and some programs do not keep it so."""
    tag = struct.pack(">HHIH", ExifTags.Base.Orientation, 3, 1, own)
    data = marked("HEIC", own)
    assert data.count(tag) == 1
    changed = data.replace(tag, struct.pack(">HHIH", ExifTags.Base.Orientation, 3, 1, told))
    assert read(changed).orientation == own
    assert_marks_the_dark(changed)


@given(st.integers(1, 8), st.tuples(*[st.floats(0.01, 0.5)] * 4))
def test_turned_back_a_box_is_what_it_was(orientation: int, sides: tuple[float, float, float, float]) -> None:
    assert stored(upright(Box(*sides), orientation), orientation) == pytest.approx(sides)


@pytest.mark.parametrize(
    ("area", "dimensions"),
    [
        ('stArea:x="30" stArea:y="20" stArea:w="20" stArea:h="20" stArea:unit="pixel"', (100, 50)),
        ('stArea:x="0.3" stArea:y="0.4" stArea:d="0.3"', (100, 50)),
    ],
)
def test_areas_in_pixels_and_circles_are_read(area: str, dimensions: tuple[int, int]) -> None:
    size = f'<mwg-rs:AppliedToDimensions stDim:w="{dimensions[0]}" stDim:h="{dimensions[1]}" stDim:unit="pixel"/>'
    found = read(picture(xmp=packet(region("Ada", area, size)))).regions[0]
    assert (found.x + found.width / 2, found.y + found.height / 2) == pytest.approx((0.3, 0.4))


def test_microsofts_people_are_read() -> None:
    body = (
        '<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag><rdf:li rdf:parseType="Resource">'
        "<MPReg:Rectangle>0.1, 0.2, 0.3, 0.4</MPReg:Rectangle><MPReg:PersonDisplayName>Bob</MPReg:PersonDisplayName>"
        "</rdf:li><rdf:li rdf:parseType='Resource'><MPReg:PersonDisplayName>Eve</MPReg:PersonDisplayName></rdf:li>"
        "</rdf:Bag></MPRI:Regions></MP:RegionInfo>"
    )
    bob = Region("Bob", 0.1, 0.2, 0.3, 0.4, RegionSource.MICROSOFT)
    assert read(picture(xmp=packet(body))).regions == (bob,)
    assert read(picture(xmp=packet(body + ADA))).regions == (ADAS,)


PICASA = """[Picasa]
name=Holidays
[Contacts2]
3f845bcb59418507=Ann;;
8e62398ebda8c1a5=Bob;bob@example.org;
[photo.JPG]
faces=rect64(3333333366666666),3f845bcb59418507;rect64(0),8e62398ebda8c1a5;rect64(1111111122222222),ffffffffffffffff
keywords=beach,sun
caption=At the sea
"""


def test_picasas_file_is_read(tmp_path: Path) -> None:
    photo, ini = tmp_path / "photo.jpg", tmp_path / ".picasa.ini"
    photo.write_bytes(picture())
    ini.write_text(PICASA)
    found = read(photo, [ini])
    assert found.regions == (Region("Ann", 0.2, 0.2, 0.2, 0.2, RegionSource.PICASA),)
    assert (found.keywords, found.caption) == (("beach", "sun"), "At the sea")
    assert read(picture(xmp=packet(ADA)), [ini], "photo.jpg").regions == (ADAS,)
    assert read(tmp_path / "other.jpg", [ini]) == Metadata()


def test_a_sidecar_is_believed_before_the_picture(tmp_path: Path) -> None:
    near, far = tmp_path / "a.jpg.xmp", tmp_path / "a.xmp"
    near.write_bytes(packet(bag("dc:subject", "near"), 'xmp:Rating="5" exif:DateTimeOriginal="2020-01-02T03:04:05"'))
    far.write_bytes(packet("<dc:title>far</dc:title>", 'xmp:Rating="1"'))
    details = {ExifTags.Base.DateTimeOriginal: "2020:01:02 03:04:05", ExifTags.Base.OffsetTimeOriginal: "-03:00"}
    said = packet(bag("dc:subject", "own") + ADA + "<dc:title>own</dc:title>")
    found = read(picture("JPEG", said, details), [near, far])
    assert (found.rating, found.title, found.keywords, found.regions) == (5, "far", ("own", "near"), (ADAS,))
    assert found.taken == Moment(datetime(2020, 1, 2, 3, 4, 5), -180)


def test_what_was_taken_away_in_a_sidecar_of_sietch_stays_away(tmp_path: Path) -> None:
    sidecar = tmp_path / "a.jpg.xmp"
    sidecar.write_bytes(packet(bag("sietch:Decided", "people", "keywords", "rating", "title")))
    said = packet(bag("dc:subject", "own") + ADA + "<dc:title>x</dc:title><dc:description>y</dc:description>")
    found = read(picture("JPEG", said), [sidecar])
    assert (found.keywords, found.regions, found.title, found.caption) == ((), (), "", "y")


def test_sidecars_are_found_by_all_of_their_names(tmp_path: Path) -> None:
    photo = tmp_path / "photo.JPG"
    assert beside(bytes(photo)) == ()
    for name in ("photo.xmp", "photo.JPG.XMP", "photo.jpg.xmp", ".picasa.ini", "photo.png.xmp", "other.xmp"):
        (tmp_path / name).write_text("x" * len(name))
    names = [Path(stamp.path.decode()).name for stamp in beside(bytes(photo))]
    assert names == ["photo.JPG.XMP", "photo.jpg.xmp", "photo.xmp", ".picasa.ini"]
    assert beside(bytes(photo))[0].size == len("photo.JPG.XMP")


def test_keywords_with_a_path_are_their_last_word_and_names_are_none() -> None:
    body = bag("dc:subject", "Rome", "Ada", "AC/DC") + bag("lr:hierarchicalSubject", "Places|Italy|Rome", "People|Ada")
    body += bag("digiKam:TagsList", "Places/Italy/Ostia", "AC/DC") + ADA
    assert read(picture(xmp=packet(body))).keywords == ("Rome", "AC/DC", "Ostia")


@pytest.mark.parametrize(
    ("latitude", "longitude", "wanted"),
    [
        ("50,5.3752490N", "14,23.8445710E", (50.089587, 14.397410)),
        ("33,51,20.5S", "151,12,37W", (-33.855694, -151.210278)),
        ("0,0N", "0,0E", (None, None)),
        ("91,0N", "14,0E", (None, None)),
        ("north", "14,0E", (None, None)),
        ("50.5", "-14.25", (50.5, -14.25)),
    ],
)
def test_only_points_on_earth_are_read(latitude: str, longitude: str, wanted: tuple[float, float]) -> None:
    found = read(picture(xmp=packet("", f'exif:GPSLatitude="{latitude}" exif:GPSLongitude="{longitude}"')))
    assert (found.latitude, found.longitude) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    ("rating", "wanted"), [("3", 3), ("0", None), ("-1", None), ("5.0", 5), ("7", None), ("x", None), ("nan", None)]
)
def test_a_rating_is_one_to_five_stars(rating: str, wanted: int | None) -> None:
    assert read(picture(xmp=packet("", f'xmp:Rating="{rating}"'))).rating == wanted


def test_the_default_language_is_taken() -> None:
    body = (
        '<dc:title><rdf:Alt><rdf:li xml:lang="de">Meer</rdf:li><rdf:li xml:lang="x-default">Sea</rdf:li></rdf:Alt>'
        "</dc:title>"
    )
    assert read(picture(xmp=packet(body))).title == "Sea"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_sidecars_of_every_encoding_are_read(tmp_path: Path, encoding: str) -> None:
    sidecar = tmp_path / "a.xmp"
    sidecar.write_bytes(packet("<dc:title>Ærø</dc:title>").decode().lstrip("\ufeff").encode(encoding))
    assert read(b"", [sidecar]).title == "Ærø"


@pytest.mark.parametrize(
    ("original", "digitized", "changed", "month"),
    [
        ("2021:05:01 10:11:12", "2021:06:01 10:11:12", "2021:07:01 10:11:12", 5),
        ("2021-05-01T10:11:12", None, None, 5),
        ("2021/05/01 10:11:12+02:00", None, None, 5),
        (None, "2021:06:01 10:11:12", "2021:07:01 10:11:12", 6),
        ("0000:00:00 00:00:00", "2021:06:01 10:11:12", None, 6),
        ("    :  :     :  :  ", None, "2021:07:01 10:11:12", 7),
        ("2021:13:45 10:11:12", None, "2021:07:01 10:11:12", 7),
        ("1066:10:14 09:00:00", None, "2021:07:01 10:11:12", 7),
        ("9999:12:31 23:59:59", None, "2021:07:01 10:11:12", 7),
        ("", "nonsense", "2021:07:01 10:11:12", 7),
    ],
)
def test_a_time_that_is_nonsense_gives_way_to_the_next(
    original: str | None, digitized: str | None, changed: str | None, month: int
) -> None:
    told = {ExifTags.Base.DateTimeOriginal: original, ExifTags.Base.DateTimeDigitized: digitized}
    details: dict[int, object] = {tag: value for tag, value in told.items() if value is not None}
    base: dict[int, object] = {ExifTags.Base.DateTime: changed} if changed else {}
    found = read(picture("JPEG", b"", details, base)).taken
    assert found is not None and found.local.month == month and found.local.minute == 11


def test_places_are_joined_part_by_part() -> None:
    said = packet("", 'photoshop:Country="Denmark" photoshop:City="Ærøskøbing"')
    assert read(picture(xmp=said)).place == Place("Denmark", "", "Ærøskøbing")


# What is hostile.


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "evil",
    [
        f'<!DOCTYPE x [<!ENTITY a0 "ha">{BOMB}]><x:xmpmeta xmlns:x="adobe:ns:meta/">&a9;</x:xmpmeta>'.encode(),
        f'<!DOCTYPE x [<!ENTITY a0 "ha">{BOMB}]><x:xmpmeta xmlns:x="adobe:ns:meta/">&a9;</x:xmpmeta>'.encode("utf-16"),
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
        b"<a>" * 100_000,
        packet("<mwg-rs:Regions>" * 200 + "</mwg-rs:Regions>" * 200),
        packet("<dc:title><rdf:Description>" * 100 + "</rdf:Description></dc:title>" * 100),
        b"\0" * 1000,
        b"\xff\xfe\0",
        b"",
    ],
)
def test_hostile_xml_says_nothing(evil: bytes, tmp_path: Path) -> None:
    sidecar = tmp_path / "a.xmp"
    sidecar.write_bytes(evil)
    assert read(b"", [sidecar]) == Metadata()


@pytest.mark.parametrize(
    ("sides", "count"),
    [
        (("nan", "0.5", "0.1", "0.1"), 0),
        (("inf", "0.5", "0.1", "0.1"), 0),
        (("0.5", "0.5", "0", "0.1"), 0),
        (("0.5", "0.5", "-0.1", "0.1"), 0),
        (("-3", "0.5", "0.1", "0.1"), 0),
        (("1e300", "0.5", "0.1", "0.1"), 0),
        (("0.0", "0.5", "0.2", "0.1"), 1),
    ],
)
def test_a_region_outside_of_the_picture_is_none(sides: tuple[str, ...], count: int) -> None:
    area = " ".join(f'stArea:{name}="{side}"' for name, side in zip("xywh", sides, strict=True))
    found = read(picture(xmp=packet(region("Ada", area)))).regions
    assert len(found) == count
    assert all(each.x >= 0 and each.x + each.width <= 1 for each in found)


def test_a_packed_text_that_grows_without_bound_is_left() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    plain = picture("PNG")
    bomb = chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b" " * 100_000_000))
    assert read(plain[:33] + bomb + plain[33:]) == Metadata()


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "none.jpg", [tmp_path / "none.xmp", tmp_path / ".picasa.ini"]) == Metadata()


WHOLE = picture(
    "JPEG",
    packet(bag("dc:subject", "sea") + ADA),
    {ExifTags.Base.DateTimeOriginal: "2021:05:01 10:11:12", ExifTags.Base.FNumber: 2.8},
    {ExifTags.Base.Make: "Box", ExifTags.Base.GPSInfo: {1: "N", 2: (1.0, 2.0, 3.0), 3: "E", 4: (1.0, 2.0, 3.0)}},
)
CHANGES = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=30)
KINDS = (WHOLE, *(picture(kind, packet(ADA), None, {ExifTags.Base.Make: "Box"}) for kind in ("PNG", "WEBP", "AVIF")))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(KINDS), CHANGES, st.integers(0))
def test_no_damage_makes_it_raise(
    caplog: pytest.LogCaptureFixture, whole: bytes, changes: list[tuple[int, int]], end: int
) -> None:
    data = bytearray(whole)
    for offset, value in changes:
        data[offset % len(data)] = value
    read(bytes(data[: end % (len(data) + 1) or len(data)]))
    assert not caplog.records
