# SPDX-License-Identifier: Apache-2.0
"""Write tagger/tweets.json and tagger/golden.safetensors: what PyTorch makes of the default tagger for a few tweets.

    python make_tagger_fixture.py   (needs: torch, transformers, pytorch-crf, tokenizers, safetensors, numpy, seqeval)

The weights are the float32 values that inference/models/tagger.safetensors stands for. The encoder is transformers'
BertModel, decoding and posterior marginals (gradient of the log partition, in float64) are pytorch-crf's, so nothing
here shares code with the C program or with the training script's network.

tweets.json: an array of {"words", "ids", "cases", "chunks", "tags"}; ids and cases hold [CLS] and [SEP], joined over
the chunks, whose lengths are in chunks. golden.safetensors: N.emissions float32 [ids, labels] for every piece,
N.confidence float32 [words], for tweet N.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODELS = HERE.parents[1] / "inference" / "models"
sys.path.insert(0, str(MODELS))

import torch  # noqa: E402
from bert import LABELS, Tagger  # noqa: E402
from export_tagger import load_int8  # noqa: E402
from store import save  # noqa: E402
from torch import Tensor  # noqa: E402
from torchcrf import CRF  # noqa: E402
from transformers import BertConfig, BertModel  # noqa: E402
from tweets import Tweet, WordPieces, chunks  # noqa: E402

SHORT = [
    "RT @NASA : Curiosity drives past Mount Sharp on Mars http://t.co/abc123 #Mars",
    "Angela Merkel met Emmanuel Macron in Paris today",
    "just saw the new Star Wars at Odeon with J. 😂 😂",
    "\ufe0f",
    "❤ \ufe0f LOVE U Justin !!! \u200b",
    "a",
    "東京 タワー is in Tokyo , São Paulo is not",
    "Die Ärztin aus Köln liest Der Spiegel … „ naja “",
    "[SEP] is not a word , nor is [CLS]Obama",
    "go LFC ! Liverpool FC 2 - 1 Chelsea at Anfield HTTPS://X.CO #YNWA",
    "Supercalifragilisticexpialidocious-Antidisestablishmentarianism " + "x" * 130 + " by Mary Poppins",
]


def tweets() -> list[list[str]]:
    """The short ones, one of 200 words, and one that needs three chunks."""
    crowd = ["Maria", "visits", "Lake", "Constance", ",", "then", "IBM", "in", "Zurich", "."]
    return [t.split(" ") for t in SHORT] + [(crowd * 20)[:200], ["#ThrowbackThursday", "Freddie", "Mercury", "@wembley"] * 90]


def bert_model(tagger: Tagger) -> BertModel:
    """transformers' encoder with the tagger's weights; the word table is left out, its rows come as inputs_embeds."""
    own = tagger.state_dict()
    model = BertModel(BertConfig(
        vocab_size=1, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
        max_position_embeddings=512, type_vocab_size=2, layer_norm_eps=1e-12, hidden_act="gelu",
        attn_implementation="eager"), add_pooling_layer=False).eval()
    model.embeddings.position_embeddings.weight.data = own["encoder.embeddings.position"]
    model.embeddings.token_type_embeddings.weight.data = own["encoder.embeddings.token_type"]
    copy_pair(model.embeddings.LayerNorm, own, "encoder.embeddings.norm")
    for n, layer in enumerate(model.encoder.layer):
        prefix = f"encoder.layer.{n}"
        attention = layer.attention
        for part in ("query", "key", "value"):
            copy_pair(getattr(attention.self, part), own, f"{prefix}.attention.{part}")
        copy_pair(attention.output.dense, own, f"{prefix}.attention.output")
        copy_pair(attention.output.LayerNorm, own, f"{prefix}.attention.norm")
        copy_pair(layer.intermediate.dense, own, f"{prefix}.feed_forward.expand")
        copy_pair(layer.output.dense, own, f"{prefix}.feed_forward.contract")
        copy_pair(layer.output.LayerNorm, own, f"{prefix}.feed_forward.norm")
    return model


def copy_pair(module: torch.nn.Module, own: dict[str, Tensor], name: str) -> None:
    module.weight.data, module.bias.data = own[f"{name}.weight"], own[f"{name}.bias"]


def crf_layer(tagger: Tagger) -> CRF:
    crf = CRF(len(LABELS), batch_first=True)
    crf.start_transitions.data = tagger.crf.start.data
    crf.end_transitions.data = tagger.crf.end.data
    crf.transitions.data = tagger.crf.transitions.data
    return crf


def marginals(crf: CRF, emissions: Tensor) -> Tensor:
    """[words, labels] -> the posterior of every label, float64."""
    crf64 = crf_copy(crf).double()
    x = emissions.double()[:, None, :].requires_grad_()  # the layer's own order is [words, batch, labels]
    on = torch.ones(len(emissions), 1, dtype=torch.bool)
    log_partition = crf64._compute_normalizer(x, on).sum()
    return torch.autograd.grad(log_partition, x)[0][:, 0]


def crf_copy(crf: CRF) -> CRF:
    copy = CRF(crf.num_tags, batch_first=True)
    copy.load_state_dict(crf.state_dict())
    return copy


def one_tweet(words: list[str], tagger: Tagger, model: BertModel, crf: CRF, pieces: WordPieces) -> tuple[dict, dict]:
    table, case = tagger.encoder.embeddings.word, tagger.encoder.embeddings.case
    ids, cases, lengths, every, firsts = [], [], [], [], []
    for run in chunks(words, pieces):
        p = pieces.tweet(Tweet(run, []))
        with torch.no_grad():
            states = model(inputs_embeds=(table[p.ids] + case[p.cases])[None]).last_hidden_state[0]
            emissions = tagger.classifier(states)
        ids, cases, lengths = ids + p.ids, cases + p.cases, lengths + [len(p.ids)]
        every.append(emissions)
        firsts.append(emissions[p.first])
    words_emissions = torch.cat(firsts)
    tags = crf.decode(words_emissions[None])[0]
    confidence = marginals(crf, words_emissions)[torch.arange(len(tags)), tags]
    facts = {"words": words, "ids": ids, "cases": cases, "chunks": lengths, "tags": [LABELS[t] for t in tags]}
    return facts, {"emissions": torch.cat(every).numpy(), "confidence": confidence.float().numpy()}


def main() -> None:
    tagger, pieces = load_int8(MODELS / "tagger.safetensors")
    model, crf = bert_model(tagger), crf_layer(tagger)
    facts, tensors = [], {}
    for n, words in enumerate(tweets()):
        fact, arrays = one_tweet(words, tagger, model, crf, pieces)
        facts.append(fact)
        tensors |= {f"{n}.{name}": a for name, a in arrays.items()}
    lines = ",\n".join(json.dumps(f, separators=(",", ":")) for f in facts)
    (HERE / "tagger" / "tweets.json").write_text(f"[\n{lines}\n]\n")
    save(tensors, {"labels": json.dumps(LABELS)}, HERE / "tagger" / "golden.safetensors")
    for fact in facts:
        print(len(fact["words"]), "words", len(fact["ids"]), "pieces", fact["tags"][:12])


if __name__ == "__main__":
    main()
