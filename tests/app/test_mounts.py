"""What is read from the system's table of mounts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.mounts import linux_mounts, system_mounts

TABLE = rb"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 8:1 / / rw,relatime - xfs /dev/sda1 rw
40 27 8:17 / /media/anna/My\040Photos rw,nosuid shared:5 - vfat /dev/sdb1 rw
41 27 0:45 / /mnt/nas rw - nfs4 nas.local:/photos rw,vers=4.2
42 27 0:46 / /home/anna/server rw - fuse.sshfs anna@server:/srv rw
43 27 8:1 /home /srv/home rw - xfs /dev/sda1 rw
44 27 0:50 /@home /home rw - btrfs /dev/sdc2 rw,subvol=/@home
45 27 0:51 / /tmp rw - tmpfs tmpfs rw
46 27 8:33 / /media/disk rw - fuseblk /dev/sdd1 rw
cut off
"""
UUIDS = {b"8:1": "root-uuid", b"8:17": "CARD-1", b"/dev/sdc2": "home-uuid", b"8:33": "ntfs-uuid"}


@pytest.fixture
def by_point() -> dict[bytes, object]:
    return {mount.point: mount for mount in linux_mounts(TABLE, UUIDS)}


def test_a_volume_is_known_by_its_uuid(by_point: dict[bytes, object]) -> None:
    card = by_point[b"/media/anna/My Photos"]
    assert (card.keys, card.label, card.sends_events) == (("uuid:CARD-1",), "My Photos", True)


def test_a_network_folder_is_known_by_where_it_comes_from_and_sends_no_events(by_point: dict[bytes, object]) -> None:
    nas, server = by_point[b"/mnt/nas"], by_point[b"/home/anna/server"]
    assert (nas.keys, nas.label, nas.sends_events) == (("nfs4:nas.local:/photos",), "nas.local:/photos", False)
    assert (server.keys, server.sends_events) == (("fuse.sshfs:anna@server:/srv",), False)


def test_a_part_of_a_volume_is_another_volume(by_point: dict[bytes, object]) -> None:
    assert by_point[b"/"].keys == ("uuid:root-uuid",)
    assert by_point[b"/srv/home"].keys == ("uuid:root-uuid:/home",)
    assert by_point[b"/home"].keys[0] == "uuid:home-uuid:/@home"


def test_a_disk_of_windows_on_linux_sends_events(by_point: dict[bytes, object]) -> None:
    assert by_point[b"/media/disk"].keys == ("uuid:ntfs-uuid",)
    assert by_point[b"/media/disk"].sends_events


def test_what_has_no_identity_has_no_key_and_what_holds_no_files_is_left_out(by_point: dict[bytes, object]) -> None:
    assert by_point[b"/tmp"].keys == ()
    assert b"/proc" not in by_point


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own table")
def test_this_computer_has_a_root() -> None:
    assert b"/" in {mount.point for mount in system_mounts()}
    assert Path("/proc").exists()
