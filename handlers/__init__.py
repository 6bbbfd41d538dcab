"""What comes in: each file declares one source, command, button or form."""
