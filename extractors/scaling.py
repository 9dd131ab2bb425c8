"""Smaller pictures, quickly: halved while possible, which costs a tenth of one step to any size."""

from __future__ import annotations

import cv2

from extractors.pages import Gray


def reduced(picture: Gray, scale: float) -> Gray:
    """A grey picture at ``scale`` of its size, each pixel the mean of those it covers."""
    height, width = picture.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    while picture.shape[0] >= 2 * size[1] and picture.shape[1] >= 2 * size[0]:
        half = (picture.shape[1] // 2, picture.shape[0] // 2)
        picture = cv2.resize(picture[: 2 * half[1], : 2 * half[0]], half, interpolation=cv2.INTER_AREA)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
