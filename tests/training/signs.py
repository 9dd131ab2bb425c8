"""Trains the sign reader and writes it as ONNX: ``python -m tests.training.signs OUT.onnx --minutes 45``.

Needs PyTorch (any CPU build) and onnx, which are no dependency of the product. The net reads one line of digits,
letters and the few characters of dates, counts and levels; CTC (Graves et al. 2006) over ``extractors.ocr.signs.SYMBOLS``.
"""

from __future__ import annotations

import argparse
import itertools
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from extractors.ocr.lattice import Lattice, best_path
from extractors.ocr.signs import HEIGHT_PX, NARROWEST_PX, STEP_PX, SYMBOLS, picture_to_input
from tests.training.lines import draw_line
from tests.training.pool import Pool, falling_rate

BATCH, READY, POOL = 48, 1500, 60_000
WIDEST_PX, WIDTHS_PX = 520, 64
SEEDS, HELD_FROM, HELD = 1_000_000, 100_000_000, 400
"""Seeds between two feeders' first ones, and those of the lines that only measure."""
Example = tuple[np.ndarray, str]
"""The net's input, uint8 (32, width), and what it says."""


class Block(nn.Module):  # type: ignore[misc]
    """Two convolutions with a short cut; the height halved by the first."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride=(2, 1), padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(after)

    def forward(self, x: Any) -> Any:
        x = torch.relu(self.norm1(self.first(x)))
        return torch.relu(x + self.norm2(self.second(x)))


class Along(nn.Module):  # type: ignore[misc]
    """Neighbouring steps mixed, added to what was known."""

    def __init__(self, channels: int, reach: int) -> None:
        super().__init__()
        self.wide = nn.Conv2d(channels, channels, (1, reach), padding=(0, reach // 2), bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Any) -> Any:
        return torch.relu(x + self.norm(self.wide(x)))


class SignNet(nn.Module):  # type: ignore[misc]
    """Height 32 to 1 in five halvings, width to a quarter; then a few looks along the line."""

    def __init__(self, widths: tuple[int, int, int, int] = (16, 32, 48, 64), channels: int = 128) -> None:
        super().__init__()
        a, b, c, d = widths
        self.stem = nn.Sequential(
            nn.Conv2d(1, a, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(a), nn.ReLU()
        )
        self.down = nn.Sequential(
            nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(b),
            nn.ReLU(),
            Block(b, c),
            Block(c, d),
        )
        self.flat = nn.Sequential(
            nn.Conv2d(d, channels, (2, 3), padding=(0, 1), bias=False), nn.BatchNorm2d(channels), nn.ReLU()
        )
        self.along = nn.Sequential(Along(channels, 5), Along(channels, 5))
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(channels, len(SYMBOLS) + 1)

    def forward(self, x: Any) -> Any:
        """(n, 1, 32, w) float 0..1, ink 1, paper 0, w divisible by 4 → log probabilities (n, w / 4, symbols + 1), 0 the blank."""
        seen = self.along(self.flat(self.down(self.stem(x))))[:, :, 0].transpose(1, 2)
        return torch.log_softmax(self.out(self.drop(seen)), -1)


def _examples(seed: int) -> Iterator[Example]:
    """Lines of rising seeds, without those too long for the net to be taught by."""
    for each in itertools.count(seed):
        picture, text = draw_line(each)
        ready = picture_to_input(picture)
        if 1.5 * len(text) + 2 < ready.shape[1] / STEP_PX < WIDEST_PX / STEP_PX:
            yield ready, text


def _feed(queue: Any, seed: int) -> None:
    os.nice(5)
    for example in _examples(seed):
        queue.put(example)


def _batch(examples: Sequence[Example], rng: np.random.Generator) -> tuple[Any, Any, Any, Any]:
    """Pictures padded to one width, targets one behind the other, lengths of both."""
    pictures = [_varied(picture, rng) for picture, _ in examples]
    # Few widths: the convolutions are prepared anew for each.
    width = max(picture.shape[1] for picture in pictures)
    width += -width % WIDTHS_PX
    x = np.zeros((len(examples), 1, HEIGHT_PX, width), np.uint8)
    for k, picture in enumerate(pictures):
        x[k, 0, :, : picture.shape[1]] = picture
    targets = torch.tensor([SYMBOLS.index(sign) + 1 for _, text in examples for sign in text])
    lengths = torch.tensor([picture.shape[1] // STEP_PX for picture in pictures])
    return torch.from_numpy(x).float() / 255, targets, lengths, torch.tensor([len(t) for _, t in examples])


def _varied(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same line a little wider, narrower, higher, paler."""
    if rng.random() < 0.6:
        width = max(NARROWEST_PX, round(picture.shape[1] * rng.uniform(0.85, 1.2) / STEP_PX) * STEP_PX)
        picture = cv2.resize(picture, (width, HEIGHT_PX), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        move = np.array(
            [[1, rng.normal(0, 0.06), 0], [0, rng.uniform(0.88, 1.06), rng.normal(0, 1.2)]], np.float32
        )
        picture = cv2.warpAffine(picture, move, picture.shape[::-1])
    if rng.random() < 0.4:
        picture = np.clip(picture * rng.uniform(0.6, 1.25), 0, 255).astype(np.uint8)
    return picture


def measure(net: nn.Module, held: Sequence[Example]) -> float:
    """Share of lines read exactly."""
    net.eval()
    right = 0
    with torch.no_grad():
        for picture, text in held:
            logp = net(torch.from_numpy(picture[None, None]).float() / 255)[0].numpy()
            right += best_path(Lattice(("", *SYMBOLS), logp))[0] == text
    net.train()
    return right / max(1, len(held))


def _batches(picked: Sequence[Example], rng: np.random.Generator) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Lines of about one width together: padding costs as much as ink."""
    picked = sorted(picked, key=lambda example: example[0].shape[1])
    for at in rng.permutation(len(picked) // BATCH) * BATCH:
        yield _batch(picked[at : at + BATCH], rng)


def train(out: Path, minutes: float, feeders: int, threads: int, start: Path | None) -> None:
    """Train for so many minutes and write ``out`` (ONNX) and the weights beside it."""
    torch.manual_seed(7)
    torch.set_num_threads(threads)
    rng = np.random.default_rng(1)
    held = list(itertools.islice(_examples(HELD_FROM), HELD))
    pool = Pool(_feed, [(SEEDS * (i + 1),) for i in range(feeders)], least=READY, most=POOL)
    net = SignNet()
    if start is not None:
        net.load_state_dict(torch.load(start))
    print("weights", sum(p.numel() for p in net.parameters()), flush=True)
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-3)
    ctc = nn.CTCLoss(zero_infinity=True)
    began, step, mean = time.monotonic(), 0, 0.0
    while (share := (time.monotonic() - began) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = falling_rate(step, share, highest=2.5e-3, warm_steps=200)
        for x, targets, lengths, counts in _batches(pool.draw(rng, 4 * BATCH), rng):
            loss = ctc(net(x).transpose(0, 1), targets, lengths, counts)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimizer.step()
            step += 1
            mean = 0.98 * mean + 0.02 * float(loss.detach()) if step > 1 else float(loss.detach())
        if step % 200 == 0:
            print(f"{step} {share:.2f} loss {mean:.4f} drawn {pool.drawn}", flush=True)
        if step % 1000 == 0:
            print(f"held {measure(net, held):.4f}", flush=True)
            torch.save(net.state_dict(), out.with_suffix(".pt"))
    torch.save(net.state_dict(), out.with_suffix(".pt"))
    print(f"steps {step} held {measure(net, held):.4f}", flush=True)
    export(net, out)


def export(net: nn.Module, out: Path) -> None:
    """Write the net as ONNX, any width."""
    net.eval()
    torch.onnx.export(
        net,
        (torch.zeros(1, 1, HEIGHT_PX, 64),),
        str(out),
        input_names=["line"],
        output_names=["logp"],
        dynamic_axes={"line": {3: "width"}, "logp": {1: "steps"}},
        dynamo=False,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--feeders", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--start", type=Path)
    options = parser.parse_args()
    train(options.out, options.minutes, options.feeders, options.threads, options.start)
