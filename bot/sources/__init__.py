"""Where the checks of a watched release are read: one file for each kind of source."""
