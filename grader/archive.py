"""A zip that is the same bytes for the same members, whatever the day, the machine and their order.

Members are stored, not deflated: another zlib would make other bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping

BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name
ORDINARY_FILE = 0o100644
PROGRAM = 0o100755


def zipped(members: Mapping[str, bytes], executable: Collection[str] = ()) -> bytes:
    """A zip of the members, by name; some of them are programs."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, BEGINNING)
            info.create_system = 3  # Unix, also when written elsewhere
            info.external_attr = (PROGRAM if name in executable else ORDINARY_FILE) << 16
            archive.writestr(info, members[name])
    return stream.getvalue()


def members(archive: bytes) -> dict[str, bytes]:
    """What `zipped` was given."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
