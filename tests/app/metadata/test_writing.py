"""Sidecars that Sietch writes: read back by itself and by exiftool, and nothing of others' is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.metadata import Region, RegionSource, Said, read, regions, rewritten, values
from app.metadata.rdf import NoXmp

ALL = frozenset({"rating", "title", "caption", "keywords", "people"})
ANN = Region("Ann", 0.1, 0.2, 0.2, 0.3, RegionSource.MWG)
BOB = Region("Bob <&> Ærø", 0.6, 0.2, 0.2, 0.3, RegionSource.MWG, automatic=True)

EXIFTOOL = shutil.which("exiftool")

LIGHTROOM = b"""<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
    xmlns:odd="http://example.org/odd/" xmp:Rating="2" xmp:Label="Red" crs:Exposure2012="+0.35" odd:thing="kept">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Old</rdf:li></rdf:Alt></dc:title>
   <dc:subject><rdf:Bag><rdf:li>old</rdf:li><rdf:li>sea</rdf:li><rdf:li>Ann</rdf:li></rdf:Bag></dc:subject>
   <lr:hierarchicalSubject><rdf:Bag><rdf:li>Things|old</rdf:li><rdf:li>Places|sea</rdf:li></rdf:Bag></lr:hierarchicalSubject>
   <crs:ToneCurve><rdf:Seq><rdf:li>0, 0</rdf:li><rdf:li>255, 255</rdf:li></rdf:Seq></crs:ToneCurve>
   <mwg-rs:Regions rdf:parseType="Resource">
    <mwg-rs:RegionList><rdf:Bag>
     <rdf:li><rdf:Description mwg-rs:Name="Ann" mwg-rs:Type="Face" odd:note="hers">
      <mwg-rs:Area stArea:x="0.21" stArea:y="0.36" stArea:w="0.2" stArea:h="0.3" stArea:unit="normalized"/>
     </rdf:Description></rdf:li>
     <rdf:li><rdf:Description mwg-rs:Name="Zoe" mwg-rs:Type="Face">
      <mwg-rs:Area stArea:x="0.7" stArea:y="0.35" stArea:w="0.2" stArea:h="0.3" stArea:unit="normalized"/>
     </rdf:Description></rdf:li>
     <rdf:li><rdf:Description mwg-rs:Name="Rex" mwg-rs:Type="Pet">
      <mwg-rs:Area stArea:x="0.7" stArea:y="0.8" stArea:w="0.1" stArea:h="0.1" stArea:unit="normalized"/>
     </rdf:Description></rdf:li>
    </rdf:Bag></mwg-rs:RegionList>
   </mwg-rs:Regions>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def written(folder: Path, data: bytes) -> Path:
    path = folder / "photo.jpg.xmp"
    path.write_bytes(data)
    return path


def by_exiftool(path: Path) -> dict[str, Any]:
    """What an independent reader finds."""
    if EXIFTOOL is None:
        pytest.skip("exiftool is not installed")
    done = subprocess.run([EXIFTOOL, "-json", "-struct", "-a", "-G1", "-n", str(path)], capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)[0]
    assert not any("Warning" in key or "Error" in key for key in found), found
    return found


SAID = Said(ALL, 4, "My cup", "Two\nlines", ("cup", "table"), (ANN, BOB), orientation=1, size=(640, 480))


def test_a_new_sidecar_is_read_back(tmp_path: Path) -> None:
    found = read(b"", [written(tmp_path, rewritten(b"", SAID))])
    assert (found.rating, found.title, found.caption, found.keywords) == (4, "My cup", "Two\nlines", ("cup", "table"))
    assert found.regions == (ANN, BOB)
    assert found.people == ("Ann", "Bob <&> Ærø")


def test_a_new_sidecar_is_read_by_exiftool(tmp_path: Path) -> None:
    found = by_exiftool(written(tmp_path, rewritten(b"", SAID)))
    assert found["XMP-xmp:Rating"] == 4
    assert found["XMP-dc:Title"] == "My cup"
    assert found["XMP-dc:Description"] == "Two\nlines"
    assert found["XMP-dc:Subject"] == ["cup", "table"]
    assert found["XMP-iptcExt:PersonInImage"] == ["Ann", "Bob <&> Ærø"]
    info = found["XMP-mwg-rs:RegionInfo"]
    assert info["AppliedToDimensions"] == {"W": 640, "H": 480, "Unit": "pixel"}
    assert [(each["Name"], each["Type"]) for each in info["RegionList"]] == [("Ann", "Face"), ("Bob <&> Ærø", "Face")]
    area = info["RegionList"][0]["Area"]
    assert (area["X"], area["Y"], area["W"], area["H"], area["Unit"]) == (0.2, 0.35, 0.2, 0.3, "normalized")


def test_what_other_programs_wrote_stays(tmp_path: Path) -> None:
    path = written(tmp_path, rewritten(LIGHTROOM, SAID))
    text = path.read_text()
    for kept in (
        *("<?xpacket begin=", '<?xpacket end="w"?>', 'x:xmptk="Adobe XMP Core 7.0"', 'xmp:Label="Red"'),
        *('crs:Exposure2012="+0.35"', "<crs:ToneCurve>", 'odd:thing="kept"', 'odd:note="hers"', 'mwg-rs:Name="Rex"'),
    ):
        assert kept in text
    for gone in ("Old", "Zoe", "Things|old"):
        assert gone not in text
    assert "Places|sea" not in text
    found = read(b"", [path])
    assert found.rating == 4
    assert found.keywords == ("cup", "table")
    assert [(each.name, each.x) for each in found.regions] == [("Ann", pytest.approx(0.11)), ("Bob <&> Ærø", 0.6)]


def test_what_other_programs_wrote_is_read_by_exiftool(tmp_path: Path) -> None:
    found = by_exiftool(written(tmp_path, rewritten(LIGHTROOM, SAID)))
    assert found["XMP-crs:Exposure2012"] == "+0.35"
    assert found["XMP-xmp:Label"] == "Red"
    assert found["XMP-dc:Subject"] == ["cup", "table", "Ann"]
    assert [each["Name"] for each in found["XMP-mwg-rs:RegionInfo"]["RegionList"]] == ["Ann", "Rex", "Bob <&> Ærø"]


def test_only_what_is_to_be_said_is_changed(tmp_path: Path) -> None:
    said = Said(frozenset({"rating"}), rating=None)
    path = written(tmp_path, rewritten(LIGHTROOM, said))
    found = read(b"", [path])
    assert (found.rating, found.title, found.keywords) == (None, "Old", ("old", "sea"))
    assert [region.name for region in found.regions] == ["Ann", "Zoe"]
    again = rewritten(path.read_bytes(), Said(frozenset({"title"}), 5, "New"))
    found = read(b"", [written(tmp_path, again)])
    assert (found.rating, found.title) == (5, "New")


def test_writing_the_same_again_changes_nothing() -> None:
    once = rewritten(LIGHTROOM, SAID)
    assert rewritten(once, SAID) == once
    assert once.count(b"<rdf:Description") == rewritten(once, SAID).count(b"<rdf:Description")


def test_nobody_is_left(tmp_path: Path) -> None:
    path = written(tmp_path, rewritten(rewritten(b"", SAID), Said(ALL)))
    found = read(b"", [path])
    assert (found.regions, found.people, found.keywords, found.rating, found.title) == ((), (), (), None, "")
    assert b"Regions" not in path.read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_regions_are_written_for_the_stored_picture(orientation: int, tmp_path: Path) -> None:
    from PIL import ExifTags, Image

    photo, exif = tmp_path / "photo.jpg", Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    Image.new("RGB", (40, 30)).save(photo, exif=exif)
    size = (40, 30) if orientation < 5 else (30, 40)
    data = rewritten(b"", Said(ALL, regions=(ANN,), orientation=orientation, size=size))
    (region,) = read(photo, [written(tmp_path, data)]).regions
    assert (region.x, region.y, region.width, region.height) == pytest.approx((0.1, 0.2, 0.2, 0.3), abs=1e-5)
    if EXIFTOOL:
        info = by_exiftool(tmp_path / "photo.jpg.xmp")["XMP-mwg-rs:RegionInfo"]
        assert (info["AppliedToDimensions"]["W"], info["AppliedToDimensions"]["H"]) == (40, 30)
        # Exif 2.32: in 6 the stored picture's left side is the top of what is shown, in 3 it stands on its head.
        centre = {1: (0.2, 0.35), 3: (0.8, 0.65), 6: (0.35, 0.8), 8: (0.65, 0.2)}.get(orientation)
        area = info["RegionList"][0]["Area"]
        assert centre is None or (area["X"], area["Y"]) == pytest.approx(centre)


def test_regions_beyond_the_readers_bound_stay(tmp_path: Path) -> None:
    start, end = LIGHTROOM.index(b"<rdf:li><rdf:Description mwg"), LIGHTROOM.index(b"</rdf:Bag></mwg-rs:RegionList>")
    many = b"".join(
        b"<rdf:li><rdf:Description mwg-rs:Name='P%d' mwg-rs:Type='Face'><mwg-rs:Area stArea:x='%f' stArea:y='0.5' "
        b"stArea:w='0.001' stArea:h='0.1' stArea:unit='normalized'/></rdf:Description></rdf:li>" % (i, 0.01 + i / 1000)
        for i in range(regions.MAX_REGIONS + 100)
    )
    packet = LIGHTROOM[:start] + many + LIGHTROOM[end:]
    known = read(b"", [written(tmp_path, packet)]).regions
    assert len(known) == regions.MAX_REGIONS
    data = rewritten(packet, Said(frozenset({"people"}), regions=(*known[1:], ANN)))
    assert data.count(b"RegionList") == 2
    assert data.count(b"mwg-rs:Area ") == regions.MAX_REGIONS + 100
    assert (b"'P0'" in data or b'"P0"' in data, b'"P1"' in data, b'"P599"' in data) == (False, True, True)


@pytest.mark.parametrize(
    "broken", [b"<x", b"not xml", b"<!DOCTYPE x><x/>", b"<x/>", b"\xff\xfe\0", LIGHTROOM.replace(b"Red", b"R\xe9d")]
)
def test_what_is_no_xmp_is_left_alone(broken: bytes) -> None:
    with pytest.raises(NoXmp):
        rewritten(broken, SAID)


WORDS = st.text(max_size=20)


@settings(max_examples=50, deadline=None)
@given(title=WORDS, name=WORDS, keywords=st.lists(WORDS.filter(lambda word: "," not in word), max_size=4))
def test_every_letter_comes_back(
    tmp_path_factory: pytest.TempPathFactory, title: str, name: str, keywords: list[str]
) -> None:
    regions = (Region(name, 0.1, 0.1, 0.2, 0.2, RegionSource.MWG),)
    path = tmp_path_factory.getbasetemp() / "letters.xmp"
    path.write_bytes(rewritten(b"", Said(ALL, 3, title, title, tuple(keywords), regions)))
    found = read(b"", [path])
    assert found.title == values.line(title)
    assert [region.name for region in found.regions] == [line for line in [values.line(name)] if line]
    assert found.keywords == tuple(word for word in values.unique(keywords) if word not in {values.line(name), ""})
