# SPDX-License-Identifier: Apache-2.0
"""The default tagger's network: a BERT-architecture encoder, a linear layer and a linear-chain CRF.

The state dict carries the names of the shipped file (see README.md), so that what is trained is what is stored.
"""
from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CONFIG = {
    "layers": 6,
    "hidden": 384,
    "heads": 12,
    "intermediate": 1536,
    "max_position": 512,
    "token_types": 2,
    "vocabulary": 30522,
    "layer_norm_eps": 1e-12,
    "lower_case": True,
    "max_pieces_per_word": 6,
    "case_vectors": 10,
}
LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-MISC", "I-MISC"]
ENCODER_DROPOUT = 0.1
CLASSIFIER_DROPOUT = 0.2


class Embeddings(nn.Module):
    def __init__(self, c: dict) -> None:
        super().__init__()
        self.word = nn.Parameter(torch.zeros(c["vocabulary"], c["hidden"]))
        self.position = nn.Parameter(torch.zeros(c["max_position"], c["hidden"]))
        self.token_type = nn.Parameter(torch.zeros(c["token_types"], c["hidden"]))
        self.case = nn.Parameter(torch.zeros(c["case_vectors"], c["hidden"]))
        self.norm = nn.LayerNorm(c["hidden"], eps=c["layer_norm_eps"])

    def forward(self, pieces: Tensor, cases: Tensor) -> Tensor:
        """pieces, cases [batch, length] -> [batch, length, hidden]."""
        x = F.embedding(pieces, self.word) + self.position[: pieces.shape[1]] + self.token_type[0]
        return self.norm(x + F.embedding(cases, self.case))


class Attention(nn.Module):
    def __init__(self, c: dict) -> None:
        super().__init__()
        self.heads = c["heads"]
        self.query, self.key, self.value, self.output = (nn.Linear(c["hidden"], c["hidden"]) for _ in range(4))
        self.norm = nn.LayerNorm(c["hidden"], eps=c["layer_norm_eps"])
        self.dropout = nn.Dropout(ENCODER_DROPOUT)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """bias [batch, 1, 1, length]: 0 on a piece, minus infinity on padding."""
        batch, length, hidden = x.shape
        split = lambda y: y.view(batch, length, self.heads, hidden // self.heads).transpose(1, 2)
        q, k, v = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = q @ k.transpose(2, 3) / math.sqrt(hidden // self.heads) + bias
        mixed = self.dropout(scores.softmax(-1)) @ v
        mixed = mixed.transpose(1, 2).reshape(batch, length, hidden)
        return self.norm(x + self.dropout(self.output(mixed)))


class FeedForward(nn.Module):
    def __init__(self, c: dict) -> None:
        super().__init__()
        self.expand = nn.Linear(c["hidden"], c["intermediate"])
        self.contract = nn.Linear(c["intermediate"], c["hidden"])
        self.norm = nn.LayerNorm(c["hidden"], eps=c["layer_norm_eps"])
        self.dropout = nn.Dropout(ENCODER_DROPOUT)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x + self.dropout(self.contract(F.gelu(self.expand(x)))))


class Layer(nn.Module):
    def __init__(self, c: dict) -> None:
        super().__init__()
        self.attention = Attention(c)
        self.feed_forward = FeedForward(c)


class Encoder(nn.Module):
    def __init__(self, c: dict) -> None:
        super().__init__()
        self.embeddings = Embeddings(c)
        self.layer = nn.ModuleList(Layer(c) for _ in range(c["layers"]))
        self.dropout = nn.Dropout(ENCODER_DROPOUT)

    def forward(self, pieces: Tensor, cases: Tensor, on: Tensor) -> Tensor:
        """on [batch, length]: True on a piece, False on padding -> [batch, length, hidden]."""
        x = self.dropout(self.embeddings(pieces, cases))
        bias = torch.zeros_like(on, dtype=x.dtype).masked_fill(~on, -math.inf)[:, None, None, :]
        for layer in self.layer:
            x = layer.feed_forward(layer.attention(x, bias))
        return x


class Crf(nn.Module):
    """A linear-chain CRF. transitions[a, b] is the score of label b right after label a."""

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.empty(labels).uniform_(-0.1, 0.1))
        self.end = nn.Parameter(torch.empty(labels).uniform_(-0.1, 0.1))
        self.transitions = nn.Parameter(torch.empty(labels, labels).uniform_(-0.1, 0.1))

    def log_partition(self, emissions: Tensor, on: Tensor) -> Tensor:
        """emissions [batch, words, labels], on [batch, words] -> [batch]."""
        alpha = self.start + emissions[:, 0]
        for t in range(1, emissions.shape[1]):
            step = torch.logsumexp(alpha[:, :, None] + self.transitions, 1) + emissions[:, t]
            alpha = torch.where(on[:, t, None], step, alpha)
        return torch.logsumexp(alpha + self.end, 1)

    def path_score(self, emissions: Tensor, tags: Tensor, on: Tensor) -> Tensor:
        rows = torch.arange(len(tags))
        keep = on.to(emissions.dtype)
        unary = (emissions.gather(2, tags[:, :, None])[:, :, 0] * keep).sum(1)
        pairs = (self.transitions[tags[:, :-1], tags[:, 1:]] * keep[:, 1:]).sum(1)
        return self.start[tags[:, 0]] + unary + pairs + self.end[tags[rows, on.sum(1) - 1]]

    def loss(self, emissions: Tensor, tags: Tensor, on: Tensor) -> Tensor:
        """The mean over the batch of the negative log likelihood of a tweet."""
        return (self.log_partition(emissions, on) - self.path_score(emissions, tags, on)).mean()

    @torch.no_grad()
    def decode(self, emissions: Tensor) -> list[int]:
        """The best path of one tweet, emissions [words, labels]; of equal paths the lowest labels win."""
        score, back = self.start + emissions[0], []
        for emission in emissions[1:]:
            best, where = (score[:, None] + self.transitions).max(0)
            score = best + emission
            back.append(where)
        path = [int((score + self.end).argmax())]
        for where in reversed(back):
            path.append(int(where[path[-1]]))
        return path[::-1]


class Tagger(nn.Module):
    def __init__(self, config: dict = CONFIG, labels: int = len(LABELS)) -> None:
        super().__init__()
        self.encoder = Encoder(config)
        self.dropout = nn.Dropout(CLASSIFIER_DROPOUT)
        self.classifier = nn.Linear(config["hidden"], labels)
        self.crf = Crf(labels)

    def piece_emissions(self, pieces: Tensor, cases: Tensor, on: Tensor) -> Tensor:
        """-> [batch, pieces, labels], specials included."""
        return self.classifier(self.dropout(self.encoder(pieces, cases, on)))

    def forward(self, pieces: Tensor, cases: Tensor, on: Tensor, first: Tensor) -> Tensor:
        """first [batch, words]: the index of each word's first piece -> [batch, words, labels]."""
        hidden = self.encoder(pieces, cases, on)
        words = hidden.gather(1, first[:, :, None].expand(-1, -1, hidden.shape[2]))
        return self.classifier(self.dropout(words))


def load_minilm(tagger: Tagger, tensors: dict[str, Tensor]) -> None:
    """Fill the encoder from the tensors of all-MiniLM-L6-v2 (Hugging Face's names, no pooler)."""
    own = {}
    for name, value in tensors.items():
        if name.startswith("pooler.") or name.endswith("position_ids"):
            continue
        own["encoder." + minilm_name(name)] = value
    missing, unexpected = tagger.load_state_dict(own, strict=False)
    new = {"encoder.embeddings.case"} | {n for n in missing if n.startswith(("classifier.", "crf."))}
    if unexpected or set(missing) != new:
        raise ValueError(f"the encoder does not fit: missing {set(missing) - new}, unexpected {unexpected}")


def minilm_name(name: str) -> str:
    """Hugging Face's name of a BERT tensor -> ours, both without the leading `encoder.`/`bert.`."""
    for theirs, ours in (
        ("encoder.layer.", "layer."),
        ("embeddings.word_embeddings.weight", "embeddings.word"),
        ("embeddings.position_embeddings.weight", "embeddings.position"),
        ("embeddings.token_type_embeddings.weight", "embeddings.token_type"),
        ("attention.self.", "attention."),
        ("attention.output.dense.", "attention.output."),
        ("attention.output.LayerNorm.", "attention.norm."),
        ("intermediate.dense.", "feed_forward.expand."),
        ("output.LayerNorm.", "feed_forward.norm."),
        ("output.dense.", "feed_forward.contract."),
        ("LayerNorm.", "norm."),
    ):
        if theirs in name:
            name = name.replace(theirs, ours)
    return name
