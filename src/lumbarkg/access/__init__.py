"""Who may come in: credentials, the rule of the open door on loopback, and how often somebody may knock."""
