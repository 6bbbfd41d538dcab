"""What people can do with a message: one file each."""
