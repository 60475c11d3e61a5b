"""The platform: what it reads from results.json, and how a record becomes that."""
