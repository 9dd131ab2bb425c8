"""Engines that turn the picture of one text line into text, and the lattice they leave behind."""
