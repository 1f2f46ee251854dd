"""Why the system refuses a file, in a person's language."""

from __future__ import annotations

import errno

from config.errors import AnjiangError

_KNOWN = {
    errno.ENOENT: "index.os_missing",
    errno.ENOTDIR: "index.os_missing",
    errno.EACCES: "index.os_denied",
    errno.EPERM: "index.os_denied",
    errno.EISDIR: "index.os_folder",
    errno.EIO: "index.os_device",
    errno.ELOOP: "index.os_links",
    errno.ENAMETOOLONG: "index.os_name",
}


def system_reason(error: OSError) -> AnjiangError | str:
    """What a message names as the reason; in the system's own words where it is a rare one."""
    key = _KNOWN.get(error.errno or 0)
    return AnjiangError(key) if key else error.strerror or type(error).__name__
