"""The photo library: photos, people, and the work in the background. Knows nothing of a window.

`library.Library` composes it all for one folder. Dropped paths walk: `importing` (files -> photos), `indexing` (photos
-> `analysis` in worker processes -> one transaction each), `events` (what changed). `photos`, `people` and `thumbnails`
answer what a window or a command asks.
"""
