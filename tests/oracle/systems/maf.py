# SPDX-License-Identifier: Apache-2.0
"""xubodhu/MAF: read as UMT reads; its package is called mybert while its script imports my_bert."""
import torch

from . import common, umt


def make(run):
    script = umt.modules(run, "run_gate_cl", "mybert")
    features, tokenizer = umt.read(run, script)
    model = script.MTCCMBertForMMTokenClassificationCRF(script.BertConfig(30522), num_labels=13)
    umt.build(run, script, model)
    decoded, matches = common.Decoded(), []
    model.crs_classifier.register_forward_hook(
        lambda module, inputs, output: matches.append(torch.softmax(output, -1)[0, 1:].numpy()))
    for i, feature in enumerate(features):
        _, means, regions = run.encoder(feature.img_feat[None])
        model(*umt.text_of(feature), means, regions)
        umt.add(run, i, feature, tokenizer, decoded, {"match_probability": matches[i]})


SYSTEMS = {
    "maf": {"make": make, "seed": 35, "tweets": ["launch", "odd", "long", "broken"],
            "models": [[["maf.spec", ""], umt.BERT, ["attention.spec", "txt2img_attention."]], umt.ENCODER],
            "fallback": "tests/sample/pictures/sample_4.jpg"},
}
