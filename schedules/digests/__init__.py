"""Digests: what a unit, or an officer, owed, did and heard in a period; frozen some days after its end."""
