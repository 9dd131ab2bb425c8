"""Reads scanned application forms: bytes in, a frozen reading out. No web, database, queue, settings or network."""
