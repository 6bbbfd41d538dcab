"""What GitHub's webhook events mean, one module for each family; `handlers/webhooks/github.py` is the door."""
