"""Small PDFs written by hand, so that a test can put any fault in any place."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

A4 = "[0 0 595 842]"


def pdf(objects: dict[int, bytes | str], *, trailer: str = "", damage: str = "") -> bytes:
    """A PDF of these numbered objects (1 is the catalogue). ``damage``: ``startxref`` points nowhere."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body.encode() if isinstance(body, str) else body))
    start = out.tell() if damage != "startxref" else 5
    out.write(b"xref\n0 1\n0000000000 65535 f \n")
    for number, place in places.items():
        out.write(b"%d 1\n%010d 00000 n \n" % (number, place))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (max(objects) + 1, trailer.encode()))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def stream(content: bytes, entries: str = "") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(content), content)


def one_page(
    content: bytes = b"",
    *,
    page: str = "",
    box: str = A4,
    catalogue: str = "",
    more: dict[int, bytes | str] | None = None,
    **options: Any,
) -> bytes:
    """A PDF of one page with font /F (Helvetica) and whatever ``more`` adds from object 10 on."""
    return pdf(
        {
            1: f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>",
            2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Contents 4 0 R {page}"
            " /Resources << /Font << /F 5 0 R >> /XObject << /I 10 0 R >> >> >>",
            4: stream(content),
            5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            **(more or {}),
        },
        **options,
    )


def text(words: str, *, x: float = 72, y: float = 700, size: float = 12, mode: int = 0) -> bytes:
    return f"BT /F {size} Tf {mode} Tr {x} {y} Td ({words}) Tj ET\n".encode()


def picture(pixels: Any, **changed: int) -> bytes:
    """An RGB picture as image object; ``changed`` overrides /Width or /Height with a lie."""
    array = np.asarray(pixels, dtype=np.uint8)
    height, width = array.shape[:2]
    width, height = changed.get("width", width), changed.get("height", height)
    return stream(
        zlib.compress(array.tobytes()),
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB"
        " /BitsPerComponent 8 /Filter /FlateDecode",
    )


def picture_page(pixels: Any, *, width_pt: float = 595, height_pt: float = 842, **options: Any) -> bytes:
    """A page that is one picture, as scanners make them."""
    content = options.pop("before", b"") + f"q {width_pt} 0 0 {height_pt} 0 0 cm /I Do Q\n".encode()
    return one_page(content, box=f"[0 0 {width_pt} {height_pt}]", more={10: picture(pixels)}, **options)


def many_pages(count: int, *, said: int | None = None) -> bytes:
    kids = " ".join(f"{number} 0 R" for number in range(10, 10 + count))
    pages = dict.fromkeys(
        range(10, 10 + count),
        f"<< /Type /Page /Parent 2 0 R /MediaBox {A4} /Contents 4 0 R"
        " /Resources << /Font << /F 5 0 R >> >> >>",
    )
    return pdf(
        {
            1: "<< /Type /Catalog /Pages 2 0 R >>",
            2: f"<< /Type /Pages /Kids [{kids}] /Count {count if said is None else said} >>",
            4: stream(text("A page of a longer document")),
            5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            **pages,
        }
    )


def image_bytes(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
