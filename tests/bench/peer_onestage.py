#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One-stage grounding by the original's own code in PyTorch, in rounds of alternate.py.

    peer_onestage.py CHECKOUT SPEC whole|shared PICTURES THREADS
    peer_onestage.py CHECKOUT SPEC save FILE

CHECKOUT is zyang-ur/onestage_grounding, SPEC the tensors of an LSTM model (tests/oracle/generated_weights.py); five
phrases of eight random words go to each picture. whole: the original's way, a batch of five (picture, phrase) pairs
through the whole network; shared: the same layers with the picture's side run once. save writes the checkpoint.
Needs: torch.
"""
import json
import os
import sys
import time
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracle"))
import generated_weights  # noqa: E402
import numpy  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

PHRASES = 5


def open_model(checkout, spec):
    for name in ("pytorch_pretrained_bert", "pytorch_pretrained_bert.tokenization", "pytorch_pretrained_bert.modeling"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["pytorch_pretrained_bert.tokenization"].BertTokenizer = None
    sys.modules["pytorch_pretrained_bert.modeling"].BertModel = None
    for name in ("matplotlib", "matplotlib.pyplot", "matplotlib.patches", "scipy", "scipy.misc", "cv2"):
        sys.modules.setdefault(name, types.ModuleType(name))
    os.chdir(checkout)
    sys.path.insert(0, str(checkout))
    utils = types.ModuleType("utils")
    utils.__path__ = [str(checkout / "utils")]
    sys.modules["utils"] = utils
    torch.Tensor.cuda = lambda self, *args, **options: self
    from model import darknet, grounding_model
    darknet.Darknet.load_weights = lambda self, path: None
    grounding_model.np = numpy
    tensors = generated_weights.read([spec], 1)
    vocabulary = tensors["textmodel.embedding.weight"].shape[0]
    model = grounding_model.grounding_model(corpus=range(vocabulary), emb_size=512)
    state = {name: torch.from_numpy(value) for name, value in tensors.items()}
    model.load_state_dict(state, strict=False)
    return model.eval(), grounding_model


def shared(model, module, image, words):
    features = [F.normalize(model.mapping_visu._modules[str(i)](x), p=2, dim=1) for i, x in enumerate(model.visumodel(image))]
    words = words[:, :int((words != 0).sum(1).max())]
    language = F.normalize(model.mapping_lang(model.textmodel(words)), p=2, dim=1)
    out = []
    for i, visual in enumerate(features):
        side = visual.size(2)
        joined = torch.cat([visual.expand(PHRASES, -1, -1, -1), language[:, :, None, None].expand(-1, -1, side, side),
                            module.generate_coord(PHRASES, side, side)], dim=1)
        out.append(model.fcn_out._modules[str(i)](model.fcn_emb._modules[str(i)](joined)))
    return out


def main():
    checkout, spec, what = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3]
    if what == "save":
        state = {name: torch.from_numpy(value) for name, value in generated_weights.read([spec], 1).items()}
        torch.save({"epoch": 0, "state_dict": state}, sys.argv[4])
        return
    pictures = int(sys.argv[4])
    torch.set_num_threads(int(sys.argv[5]))
    model, module = open_model(checkout, spec)
    image = torch.rand(1, 3, 256, 256)
    words = torch.randint(4, model.textmodel.embedding.num_embeddings, (PHRASES, 20))
    words[:, 9:] = 0
    print(json.dumps({"ready": True}), flush=True)
    with torch.no_grad():
        for _ in sys.stdin:
            started, cpu = time.perf_counter(), time.process_time()
            for _ in range(pictures):
                if what == "whole":
                    model(image.expand(PHRASES, -1, -1, -1).contiguous(), words, None)
                else:
                    shared(model, module, image, words)
            print(json.dumps({"items": pictures, "seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu,
                              "batch": PHRASES}), flush=True)


if __name__ == "__main__":
    main()
