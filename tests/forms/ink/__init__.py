"""Ink and wear for drawn test forms: seals, pens, and what scanners and cameras do to a page.

Everything is decided by the ``numpy.random.Generator`` given: the same seed draws the same picture.
"""

from tests.forms.ink.texture import Rgb, Rgba, paste

__all__ = ["Rgb", "Rgba", "paste"]
