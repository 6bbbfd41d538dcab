"""What comes in: each file declares one source, command or button."""
