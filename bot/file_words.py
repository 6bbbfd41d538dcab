"""Why a file or a folder cannot be used, in our own words; what is seldom met is said in the system's own."""

import errno

from rules.text import Text

WORDS = {
    errno.ENOENT: Text.of("no such file or folder"),
    errno.EACCES: Text.of("this user has no right to it"),
    errno.EPERM: Text.of("this user has no right to it"),
    errno.EISDIR: Text.of("it is a folder"),
    errno.ENOTDIR: Text.of("a part of its path is no folder"),
    errno.EEXIST: Text.of("something else is there already"),
    errno.EROFS: Text.of("nothing can be written there: the file system is read-only"),
    errno.ENOSPC: Text.of("the disk is full"),
    errno.ENAMETOOLONG: Text.of("its name is too long"),
}


def why(error: OSError) -> Text:
    """What the system says of it, in words that can be translated."""
    return WORDS.get(error.errno or 0) or Text.of("{why}", why=error.strerror or str(error))
