"""What Sereno decides: pure functions over values, no I/O, no clock."""
