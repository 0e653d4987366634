"""What pictures and the files beside them tell: when, with which camera, where, who, and what people wrote.

`read` is the one entry. A file walks: `source` (bytes) -> `blocks` (where EXIF, XMP and IPTC are in each kind of file)
-> `tiff` and `exif`, `rdf` and `xmp`, `iptc`, `picasa` (what each says) -> `reading` (who is believed) -> `Metadata`.
"""

from app.metadata.fallback import taken_at as taken_at
from app.metadata.reading import read as read
from app.metadata.sidecars import beside as beside
from app.metadata.sidecars import is_sidecar as is_sidecar
from app.metadata.times import Moment as Moment
from app.metadata.types import Metadata as Metadata
from app.metadata.types import Place as Place
from app.metadata.types import Region as Region
from app.metadata.types import RegionSource as RegionSource
from app.metadata.types import Said as Said
from app.metadata.writing import rewritten as rewritten
