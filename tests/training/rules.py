"""Trains the rule finder and writes it as ONNX: ``python -m tests.training.rules PAGES OUT.onnx --minutes 30``.

Needs PyTorch (any CPU build) and onnx, which are no dependency of the product. The net looks at a page's dark
ink and tells for every second pixel whether a level and whether a plumb rule of a table runs there.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import nn

from tests.training.looks import look_at
from tests.training.pool import Pool, falling_rate

POOL, BATCH = 1200, 8
HELD_OUT = 20
"""Seeds divisible by this are kept for measuring."""


class Along(nn.Module):  # type: ignore[misc]
    """Looks along both directions, far but thinly, and mixes what was seen; adds it to what was known."""

    def __init__(self, channels: int, reach: int) -> None:
        super().__init__()
        self.level = nn.Conv2d(channels, channels, (1, reach), padding=(0, reach // 2), groups=channels)
        self.plumb = nn.Conv2d(channels, channels, (reach, 1), padding=(reach // 2, 0), groups=channels)
        self.near = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        # One mix of the three laid side by side says the same, but laying them so was a sixth of the time.
        self.level_mix = nn.Conv2d(channels, channels, 1)
        self.plumb_mix = nn.Conv2d(channels, channels, 1, bias=False)
        self.near_mix = nn.Conv2d(channels, channels, 1, bias=False)

    def forward(self, x: Any) -> Any:
        seen = self.level_mix(self.level(x)) + self.plumb_mix(self.plumb(x)) + self.near_mix(self.near(x))
        return x + torch.relu(seen)


class RuleNet(nn.Module):  # type: ignore[misc]
    """Three scales, a quarter, an eighth and a sixteenth of the page; the answer at half the page's size."""

    def __init__(self, widths: tuple[int, int, int] = (16, 32, 48)) -> None:
        super().__init__()
        a, b, c = widths
        self.stem = nn.Sequential(nn.Conv2d(1, a, 4, stride=4), nn.ReLU(), Along(a, 9))
        self.down1 = nn.Sequential(nn.Conv2d(a, b, 2, stride=2), nn.ReLU(), Along(b, 11), Along(b, 11))
        self.down2 = nn.Sequential(nn.Conv2d(b, c, 2, stride=2), nn.ReLU(), Along(c, 15), Along(c, 15))
        self.up1 = nn.Conv2d(c, b, 1)
        self.join1 = Along(b, 11)
        self.up2 = nn.Conv2d(b, a, 1)
        self.join2 = Along(a, 9)
        self.out = nn.Conv2d(a, 8, 1)
        self.rise = nn.Upsample(scale_factor=2, mode="nearest")
        self.shuffle = nn.PixelShuffle(2)

    def forward(self, x: Any) -> Any:
        """(n, 1, h, w) float 0..1, ink 1, paper 0, sides divisible by 16 → logits (n, 2, h / 2, w / 2)."""
        return self.shuffle(self.parts(x))

    def parts(self, x: Any) -> Any:
        """The same before every second pixel is put in its place: (n, 8, h / 4, w / 4); 4 i + 2 y + x is of direction i."""
        quarter = self.stem(x)
        eighth = self.down1(quarter)
        sixteenth = self.down2(eighth)
        eighth = self.join1(eighth + self.rise(self.up1(sixteenth)))
        quarter = self.join2(quarter + self.rise(self.up2(eighth)))
        return self.out(quarter)


class _Exported(nn.Module):  # type: ignore[misc]
    """What the product runs; it puts the pixels in their places itself, as bytes."""

    def __init__(self, net: RuleNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Any) -> Any:
        return torch.sigmoid(self.net.parts(x))


def to_input(dark: Any) -> Any:
    """uint8 (n, h, w), paper about 255 → float (n, 1, h, w)."""
    return (255.0 - torch.as_tensor(dark, dtype=torch.float32))[:, None] / 255.0


def _stems(pages: Path, *, held: bool) -> list[Path]:
    """Pages by whether their seed is kept for measuring."""
    stems = (path.with_suffix("") for path in sorted(pages.glob("*.json")))
    return [stem for stem in stems if (int(stem.name.split("-")[0]) % HELD_OUT == 0) == held]


def _feed(queue: Any, pages: Path, seed: int) -> None:
    """Look at pages for ever; the folder may still be filling."""
    rng = np.random.default_rng(seed)
    while True:
        stems = _stems(pages, held=False)
        for pair in look_at(stems[int(rng.integers(len(stems)))], rng):
            queue.put(pair)


def loss_of(logits: Any, truth: Any) -> Any:
    """Cross entropy, rules weighing three times as much, and one minus the soft overlap (Dice 1945)."""
    entropy = nn.functional.binary_cross_entropy_with_logits(logits, truth, pos_weight=torch.tensor(3.0))
    p = torch.sigmoid(logits)
    overlap = (2 * (p * truth).sum((0, 2, 3)) + 1) / (p.sum((0, 2, 3)) + truth.sum((0, 2, 3)) + 1)
    return entropy + 0.3 * (1 - overlap.mean())


def measure(net: nn.Module, held: list[tuple[Any, Any]]) -> str:
    """Precision and recall for level and plumb rules on pages that were not trained on."""
    right, said, there = torch.zeros(2), torch.zeros(2), torch.zeros(2)
    with torch.no_grad():
        for dark, truth in held:
            p = torch.sigmoid(net(to_input(dark[None])))[0] > 0.5
            t = torch.as_tensor(truth) > 0
            near = nn.functional.max_pool2d(t[None].float(), 3, 1, 1)[0] > 0
            close = nn.functional.max_pool2d(p[None].float(), 3, 1, 1)[0] > 0
            right += torch.stack([(p & near).sum((1, 2)), (t & close).sum((1, 2))]).float().T[:, 0]
            said += p.sum((1, 2)).float()
            there += (
                (t & close).sum((1, 2)).float() / t.sum((1, 2)).clamp(min=1).float() * (t.sum((1, 2)) > 0)
            )
    some = torch.tensor([[float(t[k].any()) for k in (0, 1)] for _, t in held]).sum(0)
    precision, recall = right / said.clamp(min=1), there / some.clamp(min=1)
    return f"precision {precision.tolist()} recall {recall.tolist()}"


def train(pages: Path, out: Path, minutes: float, start: Path | None, feeders: int) -> None:
    """Train for so many minutes and write ``out`` (ONNX) and the weights beside it."""
    torch.manual_seed(7)
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    held = [pair for stem in _stems(pages, held=True) for pair in look_at(stem, rng)[:2]]
    pool = Pool(_feed, [(pages, 100 + i) for i in range(feeders)], least=64, most=POOL)
    net = RuleNet()
    if start is not None:
        net.load_state_dict(weights_of(start))
    print("weights", sum(p.numel() for p in net.parameters()), "held out crops", len(held), flush=True)
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-4)
    began, step, mean = time.monotonic(), 0, 0.0
    while (share := (time.monotonic() - began) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = falling_rate(step, share, highest=3e-3, warm_steps=100)
        picked = pool.draw(rng, BATCH)
        dark = np.stack([d for d, _ in picked])
        truth = np.stack([t for _, t in picked])
        if rng.random() < 0.5:
            dark, truth = dark[:, ::-1], truth[:, :, ::-1]
        if rng.random() < 0.5:
            dark, truth = dark[:, :, ::-1], truth[..., ::-1]
        loss = loss_of(
            net(to_input(np.ascontiguousarray(dark))), torch.as_tensor(np.ascontiguousarray(truth)).float()
        )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        mean = 0.98 * mean + 0.02 * float(loss) if step else float(loss)
        step += 1
        if step % 100 == 0:
            print(f"{step} {share:.2f} loss {mean:.4f} drawn {pool.drawn}", flush=True)
        if step % 400 == 0:
            print(measure(net, held), flush=True)
            torch.save(net.state_dict(), out.with_suffix(".pt"))
    print(measure(net, held), flush=True)
    torch.save(net.state_dict(), out.with_suffix(".pt"))
    export(net, out)


def export(net: RuleNet, out: Path) -> None:
    """Write the net's parts with their sigmoid as ONNX, height and width free."""
    torch.onnx.export(
        _Exported(net).eval(),
        (torch.zeros(1, 1, 512, 512),),
        str(out),
        input_names=["ink"],
        output_names=["parts"],
        dynamic_axes={"ink": {2: "h", 3: "w"}, "parts": {2: "h4", 3: "w4"}},
        opset_version=17,
        dynamo=False,
    )


def weights_of(model: Path) -> dict[str, Any]:
    """The weights in an exported net, as ``RuleNet`` names them; the one mix that it once had is parted into three."""
    weights: dict[str, Any] = {}
    for tensor in onnx.load(model).graph.initializer:
        name = tensor.name.partition(".")[2]
        value = torch.from_numpy(onnx.numpy_helper.to_array(tensor).copy())
        where, mix, what = name.rpartition("mix.")
        if not mix or where.endswith("_"):
            weights[name] = value
        elif what == "bias":
            weights[f"{where}level_mix.bias"] = value
        else:
            parts = zip(("level", "plumb", "near"), value.chunk(3, dim=1), strict=True)
            weights |= {f"{where}{seen}_mix.weight": part for seen, part in parts}
    return weights


def export_again(model: Path, out: Path) -> None:
    """Write the weights of an exported net as this version exports them, without training."""
    net = RuleNet()
    net.load_state_dict(weights_of(model))
    export(net, out)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path, help="the folder of drawn pages; with --again an exported net")
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--again", action="store_true", help="only write that net's weights as this version does"
    )
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--start", type=Path, help="an exported net to go on from")
    parser.add_argument("--feeders", type=int, default=1)
    asked = parser.parse_args()
    if asked.again:
        export_again(asked.pages, asked.out)
        return
    train(asked.pages, asked.out, asked.minutes, asked.start, asked.feeders)


if __name__ == "__main__":
    main()
