"""What runs: web, store, reconcilers, timers, clients, cards and the command line."""
