"""Accuracy and speed, measured on drawn forms: not part of the quick tests."""
