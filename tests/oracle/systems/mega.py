# SPDX-License-Identifier: Apache-2.0
"""thecharm/Mega, each relation as the first of its picture. In memory: BERT from a config, which gives tuples as in
transformers 3; the tokenizer from a local vocabulary. A record's `objects` and `rows` say how many of each its
picture has; their numbers are generated as weights are, under the names ID.objects and ID.structure."""
import json
import sys

import torch
from generated_weights import generate

from . import common

FEATURES, OBJECTS, LENGTH = 4096, 10, 128


def modules(run):
    import transformers
    bert = transformers.BertConfig(vocab_size=30522, return_dict=False)
    transformers.BertModel.from_pretrained = classmethod(lambda cls, *args, **kwargs: cls(bert))
    common.local_tokenizer(transformers.BertTokenizer, run.folder)
    sys.path.insert(0, str(run.checkout))
    from opennre.encoder.bert_encoder import BERTEntityEncoder
    from opennre.framework.data_loader import SentenceREDataset
    from opennre.model.softmax_nn import SoftmaxNN
    return BERTEntityEncoder, SentenceREDataset, SoftmaxNN


def numbers(rows, separator):
    return [separator.join("%.9g" % value for value in row) for row in rows]


def write_picture(run, record, objects, structure):
    n, name = record.get("objects", 0), record["id"]
    features = generate(name + ".objects", (n, FEATURES), 0.5, 0.5, run.seed)
    lines = ["objects", "\t".join("thing" for _ in range(n)), "\t".join(numbers(features, "\t"))]
    (objects / (name + ".jpg")).write_text("\n".join(lines) + "\n")
    rows = generate(name + ".structure", (record["rows"], OBJECTS), 0, 0.1, run.seed)
    (structure / (name + ".txt")).write_text("\n".join(["weights"] + numbers(rows, " ")) + "\n")


def place_files(run):
    folder = run.folder / "ours"
    paths = [folder / part for part in ("imgSG/test", "rel_1/test")]
    text = folder / "txt/ours_test.txt"
    for path in (*paths, text.parent):
        path.mkdir(parents=True)
    for record in run.records:
        write_picture(run, record, *paths)
    lines = [{"token": r["words"], "h": {"name": "", "pos": r["head"]}, "t": {"name": "", "pos": r["tail"]},
              "img_id": r["id"] + ".jpg", "relation": r["relation"]} for r in run.records]
    text.write_text("".join("%r\n" % line for line in lines), encoding="utf-8")
    relations = common.ROOT / "tests/sample/relations/ours_rel2id.json"
    (folder / "ours_rel2id.json").write_bytes(relations.read_bytes())
    return text, *paths, json.loads(relations.read_text())


def make(run):
    encoder_class, dataset_class, model_class = modules(run)
    text, objects, structure, relations = place_files(run)
    encoder = encoder_class(LENGTH, "")
    model = common.fill(model_class(encoder, len(relations), relations), run.models[0], run.seed)
    if run.saves:
        run.save({"state_dict": model.state_dict()}, "mega.pth.tar")
    data = dataset_class(str(text), str(structure), str(objects), relations, encoder.tokenize, {})
    for i in range(len(run.records)):
        batch = dataset_class.collate_fn([data[i]])
        logits = model(*batch[1:])[0]
        best = int(logits.argmax())
        run.add({"ids": batch[1][0].tolist(), "predicted": list(relations)[best],
                 "confidence": float(torch.softmax(logits, -1)[best])}, {"logits": logits.numpy()[None]})


SYSTEMS = {
    "mega": {"make": make, "seed": 61, "relations": ["member", "nested", "last", "crowd"],
             "models": [[["mega.spec", ""], ["bert.spec", "sentence_encoder.bert."]]]},
}
