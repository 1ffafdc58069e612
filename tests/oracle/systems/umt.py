# SPDX-License-Identifier: Apache-2.0
"""jefferyYu/UMT, and what xubodhu/MAF shares with it. In memory: stand-ins for the S3 packages, the
random crop fixed at the centre and no flip, no download of BERT, Tensor.cuda without effect."""
import sys

import numpy as np
import torch

from . import common

BERT = ["bert.spec", "bert."]
ENCODER = [["resnet152.spec", "resnet."]]
MAX_SEQ = 128
CROP = 224


def centre_crop():
    """The middle instead of a random place, at halves the even pixel; never a flip."""
    from torchvision import transforms

    def place(image, size):
        width, height = image.size
        if width < size[1] or height < size[0]:
            raise ValueError("smaller than the crop")
        return round((height - size[0]) / 2), round((width - size[1]) / 2), size[0], size[1]

    transforms.RandomCrop.get_params = staticmethod(place)
    transforms.RandomHorizontalFlip.forward = lambda self, image: image


def modules(run, script, package):
    """The run script, and its module of the model."""
    common.empty_module("boto3")
    common.empty_module("botocore")
    common.empty_module("botocore.exceptions", ClientError=Exception)
    centre_crop()
    torch.Tensor.cuda = lambda self, *args, **kwargs: self
    sys.path.insert(0, str(run.checkout))
    if package != "my_bert":
        sys.modules["my_bert"] = __import__(package)
    return __import__(script)


def place_files(run):
    common.write_conll(run.folder / "twitter2015/test.txt", run.records)
    pictures = run.folder / "twitter2015_images"
    pictures.mkdir(parents=True)
    for record in run.records:
        common.place_picture(run, record, pictures / ("%s.jpg" % record["id"]))
    (pictures / "17_06_4705.jpg").write_bytes((common.ROOT / run.fallback).read_bytes())
    return pictures


def read(run, script):
    """What the original's reader makes of the records: features, and its tokenizer."""
    pictures = place_files(run)
    processor = script.MNERProcessor()
    tokenizer = script.BertTokenizer.from_pretrained(str(run.folder / "vocab.txt"), do_lower_case=True)
    examples = processor.get_test_examples(str(run.folder / "twitter2015"))
    features = script.convert_mm_examples_to_features(examples, processor.get_labels(), processor.get_auxlabels(),
                                                      MAX_SEQ, tokenizer, CROP, str(pictures))
    assert len(features) == len(run.records)
    return features, tokenizer


def build(run, script, model):
    common.fill(model, run.models[0], run.seed)
    run.save(model.state_dict(), "pytorch_model.bin")
    run.encoder = script.myResnet(script.resnet.resnet152(), False, "cpu")
    common.fill(run.encoder, run.models[1], run.seed)
    run.save(run.encoder.state_dict(), "pytorch_encoder.bin")


def text_of(feature):
    return [torch.tensor(part)[None] for part in
            (feature.input_ids, feature.segment_ids, feature.input_mask, feature.added_input_mask)]


def add(run, i, feature, tokenizer, decoded, tensors):
    firsts = common.first_pieces(run.records[i]["words"], tokenizer.tokenize, MAX_SEQ)
    run.add({"ids": feature.input_ids[:sum(feature.input_mask)],
             "labels": common.word_labels(decoded.paths[i], firsts, common.UMT_LABELS)},
            {"emissions": decoded.emissions[i], **tensors})


def make(run):
    script = modules(run, "run_mtmner_crf", "my_bert")
    features, tokenizer = read(run, script)
    config = script.BertConfig(30522)
    model = script.MTCCMBertForMMTokenClassificationCRF(config, num_labels=13, auxnum_labels=7)
    build(run, script, model)
    matrix = np.zeros((7, 13))
    for row, columns in enumerate(([0], [1], [2, 4, 6, 8], [3, 5, 7, 9], [10], [11], [12])):
        matrix[row, columns] = 1 / len(columns)
    decoded, gates = common.Decoded(), []
    model.gate.register_forward_hook(lambda module, inputs, output: gates.append(torch.sigmoid(output)))
    for i, feature in enumerate(features):
        regions = run.encoder(feature.img_feat[None])[2]
        model(*text_of(feature), regions, torch.tensor(matrix))
        n = sum(feature.input_mask)
        add(run, i, feature, tokenizer, decoded, {"gate": gates[i][0, :n, :8].numpy()})


LAYERS = ["self_attention", "self_attention_v2", "txt2img_attention", "img2txt_attention", "txt2txt_attention"]
SYSTEMS = {
    "umt": {"make": make, "seed": 31, "tweets": ["launch", "odd", "long", "missing"],
            "models": [[["umt.spec", ""], BERT, *(["attention.spec", name + "."] for name in LAYERS)], ENCODER],
            "fallback": "tests/sample/pictures/sample_4.jpg"},
}
