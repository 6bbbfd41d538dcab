"""Records as people see them in Slack: pure, within Slack's limits."""
