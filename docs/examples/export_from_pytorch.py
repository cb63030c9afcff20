#!/usr/bin/env python3
"""A DCMIX model made with PyTorch alone, written as an ONNX file that keeps docs/model-contract.md.

Train `Dcmix` as you like; `Served` is what goes into the file. The weights written here are untrained: put your training, or
torch.load, where main() says so. Needs torch (1.13 or newer) and onnx.

    python3 export_from_pytorch.py --channels GFP,DNA --means 17.1,12.1 --sds 26.7,22.1 --height 640 --width 640 --out model.onnx
    ./dcmix inspect --model model.onnx
"""
import argparse
import inspect
import json

import onnx
import torch
from torch import nn
from torch.nn import functional as F

OPSET = 17  # as far as torch 1.13 goes


class Dcmix(nn.Module):
    """Normalised channels [B, C, H, W] -> logits [B, K]. Every channel has mean 0 and SD 1 over the training set."""

    def __init__(self, channels: int, classes: int, shrink: int):
        super().__init__()
        self.theta = nn.Parameter(torch.full((channels,), 0.5413))  # softplus(0.5413) = 1: all channels start equal
        self.shrink = shrink  # whole factor; the network sees the mixed image averaged down by it
        widths = [1, 12, 16, 24, 32]
        layers: list[nn.Module] = []
        for i in range(4):
            layers += [
                nn.Conv2d(widths[i], widths[i + 1], 3, stride=2 if i % 2 == 0 else 1, padding=1, bias=False),
                nn.BatchNorm2d(widths[i + 1]),
                nn.ReLU(),
            ]
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(widths[-1], classes)

    def weights(self) -> torch.Tensor:
        """Effective blend weights [C], 0 or more."""
        return F.softplus(self.theta)

    def classify(self, mixed: torch.Tensor) -> torch.Tensor:
        """Mixed image [B, 1, H, W] -> logits [B, K]."""
        small = F.avg_pool2d(mixed, self.shrink) if self.shrink > 1 else mixed
        return self.head(self.features(small).mean(dim=(2, 3)))

    def forward(self, normalised: torch.Tensor) -> torch.Tensor:
        return self.classify((normalised * self.weights().view(1, -1, 1, 1)).sum(1, keepdim=True))


class Served(nn.Module):
    """The contract around a trained Dcmix: pixels as they come and masks in; logits, probabilities, contribution out.

    With c_i = (x_i - mean_i) / sd_i, the mixed image of a pass is sum_i mask_i * w_i * c_i. That is one matrix product of the
    masks, scaled by w / sd, with the raw pixels, plus one number a pass; so a channel that is masked is replaced by its mean.
    """

    def __init__(self, dcmix: Dcmix, means: list[float], sds: list[float], wide: bool):
        super().__init__()
        self.dcmix = dcmix
        self.wide = wide  # pixels are int16 that hold the bits of uint16
        self.register_buffer("means", torch.tensor(means))
        self.register_buffer("sds", torch.tensor(sds))

    def forward(self, pixels: torch.Tensor, masks: torch.Tensor):
        n, _, h, w = pixels.shape  # only N is free
        p = masks.shape[0]
        f = pixels.to(torch.float32)
        if self.wide:  # decided while tracing, so no If in the file
            f = f + 65536.0 * (f < 0).to(torch.float32)
        planes = f.flatten(2)  # [N, C, H*W]
        scale = self.dcmix.weights() / self.sds
        mixed = torch.matmul(masks * scale, planes) - torch.matmul(masks, (scale * self.means).unsqueeze(1))  # [N, P, H*W]
        logits = self.dcmix.classify(mixed.reshape(-1, 1, h, w)).reshape(n, p, -1)
        # Contribution: w_i * sd_i(site) / sum, with the mean first, so that bright images lose no digits.
        deviation = planes - planes.mean(2, keepdim=True)
        spread = torch.sqrt((deviation * deviation).mean(2)) * scale
        contribution = spread / spread.sum(1, keepdim=True).clamp(min=1e-12)
        return logits, torch.softmax(logits, -1), contribution


def check(served: Served, site: torch.Tensor) -> None:
    """The served graph must say what the trained network says, with all channels and without the first one."""
    raw = site.to(torch.float32)
    raw = raw + 65536.0 * (raw < 0) if served.wide else raw
    normalised = (raw - served.means.view(1, -1, 1, 1)) / served.sds.view(1, -1, 1, 1)
    masks = torch.ones(2, site.shape[1])
    masks[1, 0] = 0
    with torch.no_grad():
        logits, _, _ = served(site, masks)
        for row in range(2):
            expected = served.dcmix(normalised * masks[row].view(1, -1, 1, 1))
            torch.testing.assert_close(logits[:, row], expected, rtol=1e-3, atol=1e-3)


def export(served: Served, site: torch.Tensor, metadata: dict[str, str], out: str) -> None:
    names = {"logits": {0: "N", 1: "P"}, "probabilities": {0: "N", 1: "P"}, "contribution": {0: "N"}}
    options = {}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False  # newer releases: keep the exporter that traces
    torch.onnx.export(
        served,
        (site.repeat(2, 1, 1, 1), torch.ones(3, site.shape[1])),  # sizes other than 1, so that nothing is taken for fixed
        out,
        input_names=["pixels", "masks"],
        output_names=list(names),
        dynamic_axes={"pixels": {0: "N"}, "masks": {0: "P"}, **names},
        opset_version=OPSET,
        **options,
    )
    model = onnx.load(out)
    # The tracer leaves sizes without a meaning where it cannot follow a reshape; the contract names them.
    fixed = {"logits": {2: metadata["dcmix.classes"]}, "probabilities": {2: metadata["dcmix.classes"]}, "contribution": {1: metadata["dcmix.channels"]}}
    for output in model.graph.output:
        for axis, listed in fixed[output.name].items():
            output.type.tensor_type.shape.dim[axis].dim_value = len(json.loads(listed))
    onnx.helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    banned = {"If", "Loop", "Scan"} & {node.op_type for node in model.graph.node}
    if banned:
        raise SystemExit(f"The graph has control flow: {banned}")
    onnx.save(model, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--channels", required=True, help="names in the order of the pixels, as the archive calls them: GFP,DNA")
    parser.add_argument("--means", required=True, help="mean of every channel over the training set, in pixel values")
    parser.add_argument("--sds", required=True, help="SD of every channel over the training set, in pixel values")
    parser.add_argument("--height", type=int, required=True)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--classes", default="negative,positive")
    parser.add_argument("--hit-class", default="positive")
    parser.add_argument("--pixel-type", choices=["uint8", "uint16"], default="uint8")
    parser.add_argument("--shrink", type=int, default=2, help="whole factor by which the mixed image is averaged down")
    parser.add_argument("--name", default="from-pytorch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    channels, classes = args.channels.split(","), args.classes.split(",")
    means, sds = [float(v) for v in args.means.split(",")], [float(v) for v in args.sds.split(",")]
    if not len(channels) == len(means) == len(sds):
        parser.error("--channels, --means and --sds need one entry per channel each")

    torch.manual_seed(args.seed)
    dcmix = Dcmix(len(channels), len(classes), args.shrink)
    # <- Train dcmix here, on normalised images, or load what you trained: dcmix.load_state_dict(torch.load("dcmix.pt"))
    wide = args.pixel_type == "uint16"
    served = Served(dcmix.eval(), means, sds, wide).eval()
    low, high, kind = (-32768, 32768, torch.int16) if wide else (0, 256, torch.uint8)
    site = torch.randint(low, high, (1, len(channels), args.height, args.width), dtype=kind)
    check(served, site)
    export(served, site, {
        "dcmix.contract": "1",
        "dcmix.name": args.name,
        "dcmix.version": "1",
        "dcmix.channels": json.dumps(channels),
        "dcmix.classes": json.dumps(classes),
        "dcmix.hitClass": args.hit_class,
        "dcmix.pixelType": args.pixel_type,
        "dcmix.imageHeight": str(args.height),
        "dcmix.imageWidth": str(args.width),
        "dcmix.weights": json.dumps(dcmix.weights().tolist()),
        "dcmix.means": json.dumps(means),
        "dcmix.standardDeviations": json.dumps(sds),
        "dcmix.provenance": json.dumps({"made by": "export_from_pytorch.py", "engine": f"PyTorch {torch.__version__}", "seed": str(args.seed)}),
    }, args.out)
    print(f"Wrote {args.out}")


if __name__ == "__main__":
    main()
