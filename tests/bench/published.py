# SPDX-License-Identifier: Apache-2.0
"""HVPNeT and its text-only run as PyTorch modules, with random weights under the names of their checkpoints.

    python published.py FOLDER DATA.conll N PICTURE...

writes FOLDER/bert_crf.safetensors, FOLDER/hvpnet.safetensors and FOLDER/vocab.txt: full-size checkpoints that
tagsight and the peers read alike, with the vocabulary that the default tagger carries; FOLDER/tweets.txt, the first N
tweets of DATA; and FOLDER/pictures.tsv, a line a tweet: its picture and its crops, cut from the PICTUREs so that no two
are equal. Crops are as many as `tagsight ground` finds in the sample's pictures.
(needs: torch, safetensors, pillow)
"""
from __future__ import annotations

import random
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

MODELS = Path(__file__).resolve().parents[2] / "inference" / "models"
HIDDEN, HEADS, LAYERS, INTERMEDIATE, POSITIONS, VOCABULARY, LABELS = 768, 12, 12, 3072, 512, 30522, 13
SLOTS, ROWS, BLOCKS = 4, 4, 4  # pictures of a tweet, prompt rows of a picture, blocks between which a gate chooses
CHANNELS, NARROW = 3840, 800


class SelfAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(HIDDEN, HIDDEN) for _ in range(3))

    def forward(self, x: Tensor, bias: Tensor, prefix: tuple[Tensor, Tensor] | None) -> Tensor:
        """bias [batch, 1, 1, prefix + length]: 0 or minus infinity; prefix: keys and values [batch, heads, rows, 64]."""
        heads = lambda y: y.unflatten(2, (HEADS, HIDDEN // HEADS)).transpose(1, 2)
        q, k, v = heads(self.query(x)), heads(self.key(x)), heads(self.value(x))
        if prefix is not None:
            k, v = torch.cat((prefix[0], k), 2), torch.cat((prefix[1], v), 2)
        scores = q @ k.transpose(2, 3) / (HIDDEN // HEADS) ** 0.5 + bias
        return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


class AddNorm(nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, HIDDEN)
        self.LayerNorm = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, y: Tensor, x: Tensor) -> Tensor:
        return self.LayerNorm(self.dense(y) + x)


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.ModuleDict({"self": SelfAttention(), "output": AddNorm(HIDDEN)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(HIDDEN, INTERMEDIATE)})
        self.output = AddNorm(INTERMEDIATE)

    def forward(self, x: Tensor, bias: Tensor, prefix: tuple[Tensor, Tensor] | None) -> Tensor:
        x = self.attention["output"](self.attention["self"](x, bias, prefix), x)
        return self.output(F.gelu(self.intermediate["dense"](x)), x)


class Embeddings(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(VOCABULARY, HIDDEN)
        self.position_embeddings = nn.Embedding(POSITIONS, HIDDEN)
        self.token_type_embeddings = nn.Embedding(2, HIDDEN)
        self.LayerNorm = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, ids: Tensor) -> Tensor:
        position = self.position_embeddings.weight[: ids.shape[1]]
        return self.LayerNorm(self.word_embeddings(ids) + position + self.token_type_embeddings.weight[0])


class Bert(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embeddings = Embeddings()
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(Layer() for _ in range(LAYERS))})

    def forward(self, ids: Tensor, on: Tensor, prefixes: list[tuple[Tensor, Tensor]] | None) -> Tensor:
        """ids, on [batch, length] -> [batch, length, hidden]."""
        x = self.embeddings(ids)
        if prefixes:
            on = F.pad(on, (SLOTS * ROWS, 0), value=True)
        bias = torch.zeros_like(on, dtype=x.dtype).masked_fill(~on, torch.finfo(x.dtype).min)[:, None, None]
        for i, layer in enumerate(self.encoder["layer"]):
            x = layer(x, bias, prefixes[i] if prefixes else None)
        return x


class Crf(nn.Module):
    """What the tables of a CRF are called; decoding is the caller's."""

    def __init__(self) -> None:
        super().__init__()
        self.start_transitions, self.end_transitions = (nn.Parameter(torch.randn(LABELS) / 10) for _ in range(2))
        self.transitions = nn.Parameter(torch.randn(LABELS, LABELS) / 10)


class BertCrf(nn.Module):
    """Text only: BERT, a linear layer to the labels, a CRF."""

    def __init__(self) -> None:
        super().__init__()
        self.bert, self.fc, self.crf = Bert(), nn.Linear(HIDDEN, LABELS), Crf()

    def forward(self, ids: Tensor, on: Tensor) -> Tensor:
        """-> emissions [batch, length, labels]."""
        return self.fc(self.bert(ids, on, None))


class Bottleneck(nn.Module):
    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn1, self.bn2, self.bn3 = nn.BatchNorm2d(width), nn.BatchNorm2d(width), nn.BatchNorm2d(4 * width)
        self.downsample = None
        if stride != 1 or inputs != 4 * width:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        return F.relu(self.bn3(self.conv3(y)) + (self.downsample(x) if self.downsample else x))


class ResNet50(nn.Module):
    """As torchvision's, up to the last stage."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        inputs = 64
        for stage, blocks in enumerate((3, 4, 6, 3)):
            width = 64 << stage
            strides = [1 if stage == 0 else 2] + [1] * (blocks - 1)
            layers = [Bottleneck(inputs if i == 0 else 4 * width, width, s) for i, s in enumerate(strides)]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
            inputs = 4 * width

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """pictures [n, 3, 224, 224] -> the four stages [n, channels, side, side]."""
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(pictures))), 3, 2, 1)
        stages = []
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
            stages.append(x)
        return stages


class ImageModel(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.resnet = ResNet50()


class Hvpnet(nn.Module):
    """BERT behind a visual prompt of the tweet's four pictures, a linear layer to the labels, a CRF."""

    def __init__(self) -> None:
        super().__init__()
        self.bert, self.fc, self.crf = Bert(), nn.Linear(HIDDEN, LABELS), Crf()
        self.image_model = ImageModel()
        self.encoder_conv = nn.Sequential(
            nn.Linear(CHANNELS, NARROW), nn.Tanh(), nn.Linear(NARROW, BLOCKS * 2 * HIDDEN))
        self.gates = nn.ModuleList(nn.Linear(ROWS * 2 * HIDDEN, BLOCKS) for _ in range(LAYERS))

    def prompt(self, pictures: Tensor) -> Tensor:
        """pictures [n, 3, 224, 224] -> the blocks of each row [n, ROWS, BLOCKS, 2 * HIDDEN]."""
        pooled = [F.avg_pool2d(x, x.shape[-1] // 2, x.shape[-1] // 2) for x in self.image_model.resnet(pictures)]
        rows = torch.cat(pooled, 1).reshape(-1, ROWS, CHANNELS)
        return self.encoder_conv(rows).unflatten(2, (BLOCKS, 2 * HIDDEN))

    def prefixes(self, pictures: Tensor) -> list[tuple[Tensor, Tensor]]:
        """pictures [batch, SLOTS, 3, 224, 224] -> the keys and values of each layer [batch, heads, rows, 64]."""
        blocks = self.prompt(pictures.flatten(0, 1))
        mean = blocks.mean(2).flatten(1)
        out = []
        for gate in self.gates:
            weights = F.leaky_relu(gate(mean)).softmax(-1)
            mixed = (weights[:, None, :, None] * blocks).sum(2).reshape(-1, SLOTS * ROWS, 2 * HIDDEN)
            keys, values = mixed.split(HIDDEN, 2)
            shape = (-1, HEADS, SLOTS * ROWS, HIDDEN // HEADS)
            out.append((keys.reshape(shape), values.reshape(shape)))
        return out

    def forward(self, ids: Tensor, on: Tensor, pictures: Tensor) -> Tensor:
        """-> emissions [batch, length, labels]."""
        return self.fc(self.bert(ids, on, self.prefixes(pictures)))


SYSTEMS = {"bert_crf": BertCrf, "hvpnet": Hvpnet}


def settle(model: nn.Module) -> None:
    """Weights that keep the numbers in the range that trained ones have."""
    generator = torch.Generator().manual_seed(1)
    for name, tensor in model.state_dict().items():
        if not tensor.is_floating_point() or name.endswith(("running_mean", "bias")):
            continue
        if name.endswith("running_var") or tensor.dim() == 1:
            tensor.copy_(0.5 + torch.rand(tensor.shape, generator=generator))
        elif tensor.dim() == 4:
            tensor.normal_(0, (1 / tensor[0].numel()) ** 0.5, generator=generator)
        else:
            tensor.normal_(0, 0.04, generator=generator)


def load(system: str, folder: Path) -> nn.Module:
    model = SYSTEMS[system]()
    model.load_state_dict(load_file(folder / f"{system}.safetensors"))
    return model.eval()


CROP_COUNTS = (1, 0, 1, 2, 1, 0, 1, 3)  # of sample_1.jpg to sample_8.jpg


def part(image: Image.Image, least: float, chance: random.Random) -> Image.Image:
    """A rectangle of the image, of at least so much of each side."""
    width, height = (max(1, int(side * chance.uniform(least, 1))) for side in image.size)
    left, top = chance.randint(0, image.width - width), chance.randint(0, image.height - height)
    return image.crop((left, top, left + width, top + height))


def write_pictures(folder: Path, n: int, sources: list[Path]) -> None:
    chance = random.Random(1)
    images = [Image.open(path).convert("RGB") for path in sources]
    lines = []
    for i in range(n):
        whole = part(images[i % len(images)], 0.85, chance)
        paths = [folder / f"{i}.jpg"]
        whole.save(paths[0], quality=90)
        for k in range(CROP_COUNTS[i % len(CROP_COUNTS)]):
            paths.append(folder / f"{i}_crop_{k}.png")
            part(whole, 0.3, chance).save(paths[-1])
        lines.append("\t".join(map(str, paths)) + "\n")
    (folder / "pictures.tsv").write_text("".join(lines))


def write_tweets(folder: Path, data: Path, n: int) -> None:
    tweets = data.read_text(encoding="utf-8").split("IMGID:")[1:]
    (folder / "tweets.txt").write_text("".join("IMGID:" + t for t in tweets[:n]), encoding="utf-8")


@torch.no_grad()
def main() -> None:
    folder, data, n, sources = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    for name, system in SYSTEMS.items():
        model = system()
        settle(model)
        save_file(model.state_dict(), folder / f"{name}.safetensors")
    with safe_open(MODELS / "tagger.safetensors", "pt") as file:
        (folder / "vocab.txt").write_bytes(file.get_tensor("vocab").numpy().tobytes())
    write_tweets(folder, data, n)
    write_pictures(folder, n, [Path(path) for path in sources])


if __name__ == "__main__":
    main()
