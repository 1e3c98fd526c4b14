"""What runs within the sandbox, and the wire that both sides speak. Imports nothing of the course."""
