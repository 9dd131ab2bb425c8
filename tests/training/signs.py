"""Trains the sign reader and writes it as ONNX: ``python -m tests.training.signs OUT.onnx --minutes 45``.

Needs PyTorch (any CPU build) and onnx, which are no dependency of the product. The net reads one line of digits,
letters and the few characters of dates, counts and levels; CTC (Graves et al. 2006) over ``extractors.ocr.signs.SYMBOLS``.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from extractors.ocr.signs import HEIGHT_PX, NARROWEST_PX, STEP_PX, SYMBOLS, picture_to_input
from tests.training.lines import draw_line

BATCH, POOL = 48, 60_000
WIDEST_PX, WIDTHS_PX = 520, 64
HELD_FROM = 10_000_000
"""Seeds of lines that only measure."""


class Block(nn.Module):  # type: ignore[misc]
    """Two convolutions with a short cut; the height halved by the first where asked."""

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


def _feed(queue: Any, first_seed: int) -> None:
    os.nice(5)
    seed = first_seed
    while True:
        picture, text = draw_line(seed)
        seed += 1
        ready = picture_to_input(picture)
        if 1.5 * len(text) + 2 < ready.shape[1] / STEP_PX < WIDEST_PX / STEP_PX:
            queue.put((ready, [SYMBOLS.index(sign) + 1 for sign in text]))


def _batch(
    items: list[tuple[np.ndarray, list[int]]], rng: np.random.Generator | None
) -> tuple[Any, Any, Any, Any]:
    """Pictures padded to one width, targets one behind the other, lengths of both."""
    pictures = [_varied(p, rng) if rng is not None else p for p, _ in items]
    # Few widths: the convolutions are prepared anew for each.
    width = max(p.shape[1] for p in pictures)
    width += -width % WIDTHS_PX
    x = np.zeros((len(items), 1, HEIGHT_PX, width), np.uint8)
    for k, p in enumerate(pictures):
        x[k, 0, :, : p.shape[1]] = p
    targets = torch.tensor([s for _, text in items for s in text])
    lengths = torch.tensor([p.shape[1] // STEP_PX for p in pictures])
    return torch.from_numpy(x).float() / 255, targets, lengths, torch.tensor([len(text) for _, text in items])


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


def greedy(logp: np.ndarray) -> str:
    """Best path: repeated signs and blanks dropped."""
    best = logp.argmax(-1)
    kept = best[np.flatnonzero(np.diff(np.concatenate([[-1], best])))]
    return "".join(SYMBOLS[k - 1] for k in kept if k)


def measure(net: nn.Module, held: list[tuple[np.ndarray, list[int]]]) -> float:
    """Share of lines read exactly."""
    net.eval()
    right = 0
    with torch.no_grad():
        for picture, text in held:
            logp = net(torch.from_numpy(picture[None, None]).float() / 255)[0].numpy()
            right += greedy(logp) == "".join(SYMBOLS[k - 1] for k in text)
    net.train()
    return right / max(1, len(held))


def train(out: Path, minutes: float, feeders: int, threads: int, start: Path | None) -> None:
    """Train for so many minutes and write ``out`` (ONNX) and the weights beside it."""
    torch.manual_seed(7)
    torch.set_num_threads(threads)
    rng = np.random.default_rng(1)
    queue: Any = multiprocessing.Queue(256)
    for i in range(feeders):
        multiprocessing.Process(target=_feed, args=(queue, 1_000_000 * (i + 1)), daemon=True).start()
    held_queue: Any = multiprocessing.Queue(64)
    feeder = multiprocessing.Process(target=_feed, args=(held_queue, HELD_FROM), daemon=True)
    feeder.start()
    held = [held_queue.get() for _ in range(400)]
    feeder.kill()
    pool = [queue.get() for _ in range(1500)]
    net = SignNet()
    if start is not None:
        net.load_state_dict(torch.load(start))
    print("weights", sum(p.numel() for p in net.parameters()), flush=True)
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-3)
    ctc = nn.CTCLoss(zero_infinity=True)
    # A pipe holds few pictures: a thread empties it, or the feeders would wait for the next step.
    arrived: deque[Any] = deque()
    threading.Thread(target=lambda: arrived.extend(iter(queue.get, None)), daemon=True).start()
    began, step, mean, drawn = time.monotonic(), 0, 0.0, len(pool)
    while (share := (time.monotonic() - began) / (60 * minutes)) < 1:
        while arrived:
            drawn += 1
            fresh = arrived.popleft()
            if len(pool) < POOL:
                pool.append(fresh)
            else:
                pool[int(rng.integers(POOL))] = fresh
        for group in optimizer.param_groups:
            group["lr"] = (
                2.5e-3 * min(1.0, (step + 1) / 200) * (0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * share)))
            )
        # Lines of about one width: padding costs as much as ink.
        picked = sorted(
            (pool[int(i)] for i in rng.integers(0, len(pool), BATCH * 4)), key=lambda item: item[0].shape[1]
        )
        for at in rng.permutation(4):
            x, targets, lengths, counts = _batch(picked[at * BATCH : (at + 1) * BATCH], rng)
            logp = net(x)
            loss = ctc(logp.transpose(0, 1), targets, lengths, counts)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimizer.step()
            step += 1
            mean = 0.98 * mean + 0.02 * float(loss.detach())
        if step % 200 == 0:
            print(
                f"{time.monotonic() - began:5.0f} s step {step} loss {mean / (1 - 0.98 ** min(step, 2000)):.4f} drawn {drawn}"
                + (f" held {measure(net, held):.4f}" if step % 1000 == 0 else ""),
                flush=True,
            )
        if step % 1000 == 0:
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
