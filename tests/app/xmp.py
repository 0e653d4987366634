"""Sidecars as other programs write them, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from tests import samples

Marked = tuple[str, float, float, float, float]
"""Name, left, top, width and height as parts of the picture's sides."""

_HEAD = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
 xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" crs:Exposure="+1.50" {attributes}>"""


def write(
    path: Path,
    marked: Sequence[Marked] = (),
    keywords: Sequence[str] = (),
    rating: int | None = None,
    title: str = "",
    extra: str = "",
) -> Path:
    """Writes a sidecar; its modification time differs from that of the one before."""
    body = _HEAD.format(attributes="" if rating is None else f'xmp:Rating="{rating}"')
    if marked:
        regions = "".join(_region(each) for each in marked)
        body += f'<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>{regions}</rdf:Bag>'
        body += "</mwg-rs:RegionList></mwg-rs:Regions>"
    if keywords:
        body += f"<dc:subject><rdf:Bag>{''.join(f'<rdf:li>{escape(word)}</rdf:li>' for word in keywords)}</rdf:Bag>"
        body += "</dc:subject>"
    if title:
        body += f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>'
    path.write_text(f"{body}{extra}</rdf:Description></rdf:RDF></x:xmpmeta>")
    return path


def _region(marked: Marked) -> str:
    name, x, y, width, height = marked
    return (
        f"<rdf:li><rdf:Description mwg-rs:Name={quoteattr(name)} mwg-rs:Type='Face'><mwg-rs:Area "
        f"stArea:x='{x + width / 2}' stArea:y='{y + height / 2}' stArea:w='{width}' stArea:h='{height}' "
        f"stArea:unit='normalized'/></rdf:Description></rdf:li>"
    )


def in_t1(index: int, name: str, grow: float = 0.0) -> Marked:
    """A face of `samples.t1`, marked; `grow` makes the box larger on each side, by parts of its own."""
    left, top, width, height = samples.FACES_IN_T1[index]
    across, down = width * grow, height * grow
    return name, (left - across) / 1280, (top - down) / 886, (width + 2 * across) / 1280, (height + 2 * down) / 886
