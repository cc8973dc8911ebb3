"""Names on the disk: a file that was synced is lost with the power all the same if the folder that names it was not."""

from __future__ import annotations

import errno
import os
from pathlib import Path

# A folder that may not be read was made by somebody else; some file systems sync no folders.
_PASSED_OVER = (errno.EACCES, errno.EPERM, errno.EINVAL, errno.ENOTSUP)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk when this returns. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_way_to(path: Path) -> None:
    """Have on disk the name of a file and those of all folders that lead to it, whoever made them.

    Those that may not be read, or are on a file system that cannot do it, are passed over. Raises OSError.
    """
    for folder in path.absolute().parents:
        try:
            sync_folder(folder)
        except OSError as problem:
            if problem.errno not in _PASSED_OVER:
                raise
