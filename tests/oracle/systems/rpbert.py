# SPDX-License-Identifier: Apache-2.0
"""Multimodal-NER/RpBERT, each tweet alone. In memory: an empty stand-in for flair, which only its stacked embeddings need;
BERT and ResNet-101 from configs; the fast tokenizer from a local vocabulary."""
import sys

import torch

from . import common

BERT = ["bert.spec", "encoder_t."]
RESNET = ["resnet101.spec", "encoder_v."]


def modules(run):
    nothing = dict.fromkeys(("WordEmbeddings", "FlairEmbeddings", "StackedEmbeddings", "TokenEmbeddings"), object)
    common.empty_module("flair", embeddings=common.empty_module("flair.embeddings", **nothing),
                        data=common.empty_module("flair.data", Token=object, Sentence=object))
    sys.path.insert(0, str(run.checkout))
    from data import loader
    from model import model
    return loader, model


def read(run, loader):
    folder = run.folder / "twitter2015"
    common.write_conll(folder / "test.txt", [
        {**r, "tags": [tag.replace("OTHER", "MISC") for tag in r.get("tags") or ["O"] * len(r["words"])]}
        for r in run.records])
    for record in run.records:
        common.place_picture(run, record, folder / "images" / ("%s.jpg" % record["id"]))
    data = loader.load_ner_dataset(folder / "test.txt", folder / "images")
    return [data[i] for i in range(len(run.records))]


def build(run, model_module, rnn):
    from torchvision.models import resnet101
    from transformers import BertConfig, BertModel, BertTokenizerFast
    model = model_module.MyModel(
        device=torch.device("cpu"), tokenizer=BertTokenizerFast.from_pretrained(str(run.folder)),
        encoder_t=BertModel(BertConfig()), hid_dim_t=768, encoder_v=resnet101(), hid_dim_v=2048, rnn=rnn, crf=True,
        gate=True)
    common.fill(model, run.models[0], run.seed)
    run.save(model.state_dict(), "rpbert.pth")
    return model


def make(run, rnn=True):
    loader, model_module = modules(run)
    pairs = read(run, loader)
    model = build(run, model_module, rnn)
    decoded, logits = common.Decoded(), []
    model.aux_head.register_forward_hook(lambda module, inputs, output: logits.append(output))
    for i, pair in enumerate(pairs):
        words = [token.text for token in pair.sentence]
        ids = model.tokenizer(words, is_split_into_words=True).input_ids
        labels = model.ner_forward([pair])[1][0]
        run.add({"ids": ids, "labels": labels},
                {"emissions": decoded.emissions[i], "gate": torch.softmax(logits[i], -1)[0, 1:].numpy()})


SYSTEMS = {
    "rpbert": {"make": make, "seed": 51, "tweets": ["launch", "tiny", "grey"],
               "models": [[["rpbert.spec", ""], BERT, RESNET]]},
    "rpbert_linear": {"make": lambda run: make(run, rnn=False), "seed": 52, "tweets": ["eileen", "plain", "shrug"],
                      "models": [[["rpbert_linear.spec", ""], BERT, RESNET]]},
}
