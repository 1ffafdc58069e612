# SPDX-License-Identifier: Apache-2.0
"""zjunlp/HVPNeT: entities, relations, and without a prompt BERT-CRF. Patched: the docstring decorator of transformers,
which later releases call otherwise; stand-ins for the downloads of BERT and ResNet-50."""
import json
import sys

import torch

from . import common

BERT = ["bert.spec", "bert."]
RESNET = ["resnet50.spec", "image_model.resnet."]
MAX_SEQ = 80


def modules(run, vocabulary_size):
    import transformers.file_utils
    transformers.file_utils.add_code_sample_docstrings = lambda *args, **kwargs: lambda function: function
    common.local_resnets()
    sys.path.insert(0, str(run.checkout))
    from models import bert_model
    from transformers import BertConfig
    config = BertConfig(vocab_size=vocabulary_size)
    bert_model.BertModel.from_pretrained = classmethod(lambda cls, *args, **kwargs: cls(config))
    from processor import dataset
    return bert_model, dataset


def transform():
    from torchvision import transforms
    return transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
        transforms.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])])


def place_files(run, key_of, picture_folder, crop_folder, dict_path):
    """Pictures, crops and the dict of one split."""
    names = {}
    for i, record in enumerate(run.records):
        common.place_picture(run, record, picture_folder / ("%s.jpg" % record["id"]))
        crop_folder.mkdir(parents=True, exist_ok=True)
        if "crops" in record:
            names[key_of(i, record)] = []
        for k, crop in enumerate(record.get("crops", [])):
            name = "%s_pred_yolo_crop_%d.png" % (record["id"], k)
            (crop_folder / name).write_bytes((common.ROOT / crop).read_bytes())
            names[key_of(i, record)].append(name)
    if run.fallback:
        (picture_folder / "inf.png").write_bytes((common.ROOT / run.fallback).read_bytes())
    dict_path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(names, dict_path)


class Gates:
    """[slots, layers, 4] of each record, from the outputs of the gates' linear layers."""
    def __init__(self, model):
        self.values = []
        for layer, gate in enumerate(model.gates):
            gate.register_forward_hook(lambda module, inputs, output, layer=layer: self.add(layer, output))

    def add(self, layer, output):
        gate = torch.softmax(torch.nn.functional.leaky_relu(output), dim=-1)
        self.values.append((layer, gate[0].numpy()))

    def take(self):
        import numpy as np
        by_layer = [[v for k, v in self.values if k == layer] for layer in range(12)]
        self.values = []
        return np.stack([np.stack(slots) for slots in by_layer], axis=1)


def run_entities(run, with_prompt=True):
    bert_model, dataset = modules(run, 30522)
    folder = run.folder / "NER_data"
    split = folder / "twitter2015"
    common.write_conll(split / "test.txt", run.records)
    place_files(run, lambda i, record: record["id"] + ".jpg", folder / "twitter2015_images",
                folder / "twitter2015_aux_images/test/crops", split / "twitter2015_test_dict.pth")
    paths = {"test": str(split / "test.txt"), "test_auximgs": str(split / "twitter2015_test_dict.pth")}
    processor = dataset.MMPNERProcessor(paths, str(run.folder))
    images = (str(folder / "twitter2015_images"), {"test": str(folder / "twitter2015_aux_images/test/crops")})
    data = dataset.MMPNERDataset(processor, transform(), *(images if with_prompt else (None, None)),
                                 max_seq=run.max_pieces or MAX_SEQ, mode="test")
    args = type("Args", (), {"use_prompt": with_prompt, "prompt_len": 4, "prompt_dim": 800, "device": "cpu",
                             "bert_name": ""})
    model = bert_model.HMNeTNERModel(list(processor.get_label_mapping()), args)
    common.fill(model, run.models[0], run.seed)
    run.save(model.state_dict(), "best_model.pth")
    decoded, gates = common.Decoded(), Gates(model) if with_prompt else None
    for i, record in enumerate(run.records):
        item = data[i]
        assert data.data_dict["words"][i] == record["words"]
        model(input_ids=item[0][None], token_type_ids=item[1][None], attention_mask=item[2][None],
              **({"images": item[4][None], "aux_imgs": item[5][None]} if with_prompt else {}))
        firsts = common.first_pieces(record["words"], processor.tokenizer.tokenize, data.max_seq)
        run.add({"ids": item[0][:int(item[2].sum())].tolist(),
                 "labels": common.word_labels(decoded.paths[i], firsts, common.UMT_LABELS)},
                {"emissions": decoded.emissions[i], **({"gates": gates.take()} if gates else {})})


def run_text(run):
    run_entities(run, with_prompt=False)


def run_relations(run):
    bert_model, dataset = modules(run, 30522)
    folder = run.folder / "RE_data"
    text = folder / "txt"
    text.mkdir(parents=True)
    lines = [{"token": r["words"], "h": {"name": " ".join(r["words"][slice(*r["head"])]), "pos": r["head"]},
              "t": {"name": " ".join(r["words"][slice(*r["tail"])]), "pos": r["tail"]},
              "img_id": r["id"] + ".jpg", "relation": r["relation"]} for r in run.records]
    (text / "ours_test.txt").write_text("".join("%r\n" % line for line in lines), encoding="utf-8")
    (folder / "ours_rel2id.json").write_bytes(
        (common.ROOT / "tests/sample/relations/ours_rel2id.json").read_bytes())
    place_files(run, lambda i, record: i, folder / "img_org/test", folder / "img_vg/test/crops",
                text / "mre_test_dict.pth")
    processor = dataset.MMREProcessor({"test": str(text / "ours_test.txt"), "re_path": str(folder / "ours_rel2id.json"),
                                       "test_auximgs": str(text / "mre_test_dict.pth")}, str(run.folder))
    data = dataset.MMREDataset(processor, transform(), {"test": str(folder / "img_org/test")},
                               {"test": str(folder / "img_vg/test/crops")}, max_seq=run.max_pieces or MAX_SEQ,
                               mode="test")
    args = type("Args", (), {"use_prompt": True, "prompt_len": 4, "device": "cpu", "bert_name": ""})
    relations = list(json.loads((folder / "ours_rel2id.json").read_text()))
    model = common.fill(bert_model.HMNeTREModel(len(relations), processor.tokenizer, args), run.models[0], run.seed)
    run.save(model.state_dict(), "best_model.pth")
    gates = Gates(model)
    for i in range(len(run.records)):
        item = data[i]
        logits = model(input_ids=item[0][None], token_type_ids=item[1][None], attention_mask=item[2][None],
                       images=item[4][None], aux_imgs=item[5][None])[0]
        best = int(logits.argmax())
        run.add({"ids": item[0][:int(item[2].sum())].tolist(), "predicted": relations[best],
                 "confidence": float(torch.softmax(logits, -1)[best])},
                {"logits": logits.numpy()[None], "gates": gates.take()})


SYSTEMS = {
    "bert_crf": {"make": run_text, "models": [[["bert_crf.spec", ""], BERT]], "seed": 11,
                 "tweets": ["launch", "odd", "long"]},
    "hvpnet_ner": {"make": run_entities, "models": [[["hvpnet_ner.spec", ""], BERT, RESNET]], "seed": 12,
                   "tweets": ["launch", "odd", "tiny", "broken"], "fallback": "tests/sample/pictures/sample_4.jpg"},
    "hvpnet_re": {"make": run_relations, "models": [[["hvpnet_re.spec", ""], BERT, RESNET]], "seed": 13,
                  "relations": ["member", "nested", "last"], "fallback": "tests/sample/pictures/sample_4.jpg"},
}
