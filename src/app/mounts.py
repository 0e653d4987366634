"""What the system says is mounted, and what each volume can be known by when it comes back elsewhere.

Only looks, and writes nothing onto a volume. On Linux `/proc/self/mountinfo` and the links in `/dev/disk/by-uuid` are
read; on macOS `diskutil` is asked, on Windows `GetVolumeInformationW`.
"""

from __future__ import annotations

import ctypes
import functools
import os
import plistlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

NETWORK_KINDS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "ncpfs", "afpfs", "webdav"}
)
"""File systems on which others change files without the kernel hearing of it: they send no events."""

_NOT_OF_FILES = frozenset(
    {"proc", "sysfs", "cgroup", "cgroup2", "devpts", "devtmpfs", "securityfs", "debugfs", "tracefs", "pstore", "bpf"}
    | {"mqueue", "hugetlbfs", "configfs", "fusectl", "binfmt_misc", "autofs", "efivarfs", "rpc_pipefs", "nsfs"}
)

_FSID_OF_UUID = frozenset({"ext2", "ext3", "ext4", "btrfs"})
"""File systems whose `f_fsid` is made of their UUID; with others it is the device's number, which changes."""

_ESCAPES = ((b"\\040", b" "), (b"\\011", b"\t"), (b"\\012", b"\n"), (b"\\134", b"\\"))


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume where it is mounted.

    Attributes:
        point: the folder at which its files begin.
        keys: what it is known by wherever it is mounted, the surest first; none where the system tells nothing.
        label: how the user is told of it.
        sends_events: whether a change that anybody makes is told to who watches.
    """

    point: bytes
    keys: tuple[str, ...]
    label: str
    sends_events: bool = True


Mounts = Callable[[], Sequence[Mount]]
"""Tells what is mounted now; of two at the same point the later one is in sight."""


def system_mounts() -> Sequence[Mount]:
    """What is mounted on this computer now."""
    if sys.platform == "linux":
        return linux_mounts(Path("/proc/self/mountinfo").read_bytes(), _uuids())
    return [_partition(each.device, each.mountpoint, each.fstype, each.opts) for each in psutil.disk_partitions()]


def number_of(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another one that came to its place; None where there is none."""
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def linux_mounts(table: bytes, uuids: dict[bytes, str]) -> list[Mount]:
    """From the text of `/proc/self/mountinfo`.

    Args:
        uuids: of file systems, by the number ("8:1") and by the path of their device.
    """
    found = (_linux_mount(line, uuids) for line in table.splitlines())
    return [each for each in found if each is not None]


def _linux_mount(line: bytes, uuids: dict[bytes, str]) -> Mount | None:
    before, _, after = line.partition(b" - ")
    fields, rest = before.split(b" "), after.split(b" ")
    if len(fields) < 5 or len(rest) < 2:
        return None
    number, root, point = fields[2], _plain(fields[3]), _plain(fields[4])
    kind, source = os.fsdecode(rest[0]), _plain(rest[1])
    if kind in _NOT_OF_FILES:
        return None
    remote = kind in NETWORK_KINDS or (kind.startswith("fuse.") and kind != "fuse.ntfs-3g")
    keys: list[str] = []
    if remote:
        keys.append(f"{kind}:{os.fsdecode(source)}")
    elif uuid := uuids.get(number) or uuids.get(source):
        keys.append(f"uuid:{uuid}")
    if kind in _FSID_OF_UUID and (fsid := _fsid(point)):
        keys.append(f"fsid:{fsid:x}")
    if root != b"/":
        # A part of a volume is a volume of its own: what is in it lies elsewhere in the whole.
        keys = [f"{key}:{os.fsdecode(root)}" for key in keys]
    name = os.path.basename(os.fsdecode(point)) or "/"
    return Mount(point, tuple(keys), os.fsdecode(source) if remote else name, not remote)


def _plain(field: bytes) -> bytes:
    for escape, plain in _ESCAPES:
        field = field.replace(escape, plain)
    return field


def _fsid(point: bytes) -> int:
    try:
        return os.statvfs(point).f_fsid
    except OSError:
        return 0


def _uuids() -> dict[bytes, str]:
    """The UUIDs of file systems, by number and path of their devices."""
    found: dict[bytes, str] = {}
    try:
        links = list(os.scandir("/dev/disk/by-uuid"))
    except OSError:
        return found
    for link in links:
        try:
            device = os.stat(link.path).st_rdev
        except OSError:  # it was taken away just now
            continue
        found[b"%d:%d" % (os.major(device), os.minor(device))] = link.name
        found[os.fsencode(os.path.realpath(link.path))] = link.name
    return found


def _partition(device: str, point: str, kind: str, options: str) -> Mount:
    """A volume of Windows or macOS."""
    remote = kind in NETWORK_KINDS or "remote" in options.split(",")
    if remote:
        key: str | None = f"{kind}:{device}"
    else:
        key = _serial(point) if sys.platform == "win32" else _disk_uuid(point, device, _birth(point))
    label = os.path.basename(point.rstrip("/\\")) or point
    return Mount(os.fsencode(point), (key,) if key else (), label, not remote)


def _serial(point: str) -> str | None:
    """The serial number of a volume of Windows, written when it was formatted."""
    serial = ctypes.c_uint32()
    ask = ctypes.windll.kernel32.GetVolumeInformationW  # type: ignore[attr-defined,unused-ignore]
    told = ask(ctypes.c_wchar_p(point), None, 0, ctypes.byref(serial), None, None, None, 0)
    return f"serial:{serial.value:08x}" if told else None


def _birth(point: str) -> float:
    """When the top folder of a volume was made: tells two cards apart that come after one another to the same place."""
    try:
        return float(getattr(os.stat(point), "st_birthtime", 0.0))
    except OSError:
        return 0.0


@functools.lru_cache(maxsize=64)
def _disk_uuid(point: str, _device: str, _made: float) -> str | None:
    """The UUID of a volume of macOS; asked once for each, because the answer takes a moment."""
    try:
        told = subprocess.run(  # noqa: S603  (the program is the system's, its argument the system's own answer)
            ["/usr/sbin/diskutil", "info", "-plist", point], capture_output=True, check=True, timeout=10
        )
        uuid = plistlib.loads(told.stdout).get("VolumeUUID")
    except (OSError, subprocess.SubprocessError, plistlib.InvalidFileException):
        return None
    return f"uuid:{uuid}" if uuid else None
