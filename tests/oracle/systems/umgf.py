# SPDX-License-Identifier: Apache-2.0
"""TransformersWsz/UMGF. In memory: tokenizer, BERT and ResNet-152 from a local vocabulary and from configs instead of
downloads, and the CPU as its device."""
import sys

import torch

from . import common

BERT = ["bert.spec", "bert."]
LABELS = ["PAD", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-OTHER", "I-OTHER", "O", "X", "CLS", "SEP"]
CROPS = ["person", "miscellaneous", "location", "organization"]


def modules(run):
    import transformers
    common.local_resnets()
    bert = transformers.BertConfig(vocab_size=30522)
    common.local_tokenizer(transformers.BertTokenizer, run.folder)
    transformers.BertModel.from_pretrained = classmethod(lambda cls, *args, **kwargs: cls(bert))
    sys.path.insert(0, str(run.checkout))
    import ddp_mmner
    ddp_mmner.device = torch.device("cpu")
    return ddp_mmner


def place_files(run):
    """Its three files a tweet, numbered; and the four crops."""
    texts, pictures = run.folder / "my_data/twitter2015/test", run.folder / "data/twitter2015/image"
    texts.mkdir(parents=True)
    for i, record in enumerate(run.records):
        tags = record.get("tags") or ["O"] * len(record["words"])
        for suffix, text in (("s", "\t".join(record["words"])), ("l", "\t".join(tags)), ("p", record["id"])):
            (texts / ("%d_%s.txt" % (i, suffix))).write_text(text, encoding="utf-8")
        for kind, crop in zip(CROPS, record["crops"]):
            path = pictures / record["id"] / ("crop_%s_%s.jpg" % (kind, record["id"]))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((common.ROOT / crop).read_bytes())
    return texts, pictures


def make(run):
    script = modules(run)
    texts, pictures = place_files(run)
    data = script.MMNerDataset(textdir=str(texts), imgdir=str(pictures))
    model = common.fill(script.MMNerModel(), run.models[0], run.seed)
    run.save(model.state_dict(), "model.pt")
    decoded, states = common.Decoded(), []
    model.res4ffn_x[-1].register_forward_hook(lambda module, inputs, output: states.append(output))
    order = sorted(range(len(run.records)), key=lambda i: "%d_s.txt" % i)
    found = {}
    for at, i in enumerate(order):
        batch = script.collate_fn([data[at]])
        x = batch["x"]
        model(x, batch["b_img"], batch["b_matrix"], x["attention_mask"], batch["y"])
        n = int(x["attention_mask"].sum())
        firsts = common.first_pieces(run.records[i]["words"], data.tokenizer._tokenize, script.max_len)
        found[i] = ({"ids": x["input_ids"][0, :n].tolist(),
                     "labels": common.word_labels(decoded.paths[at], firsts, LABELS)},
                    {"emissions": decoded.emissions[at], "x_5": states[at][0, :n, :8].numpy()})
    for i in range(len(run.records)):
        run.add(*found[i])


SYSTEMS = {
    "umgf": {"make": make, "seed": 41, "tweets": ["crops", "eileen", "plain", "long"],
             "models": [[["umgf.spec", ""], BERT, ["resnet152.spec", "resnet."]]]},
}
