#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One-stage grounding by the original's own code in PyTorch: seconds a picture with five phrases.

    peer_onestage.py CHECKOUT SPEC PICTURES [THREADS]

CHECKOUT is zyang-ur/onestage_grounding, SPEC the tensors of an LSTM model (tests/oracle/generated_weights.py), random
words stand for phrases. Two lines: the original's way, a batch of five (picture, phrase) pairs through the whole network,
and the same layers with the picture's side run once. Needs: torch.
"""
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
    model = grounding_model.grounding_model(corpus=range(358), emb_size=512)
    state = {}
    for line in spec.read_text().splitlines():
        name, kind, sizes, mean, scale = line.split("\t")
        if kind == "f32":
            shape = tuple(int(size) for size in sizes.split(","))
            state[name] = torch.from_numpy(generated_weights.generate(name, shape, float(mean), float(scale), 1))
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


def measure(run, pictures):
    run()
    start = time.perf_counter()
    for _ in range(pictures):
        run()
    return (time.perf_counter() - start) / pictures


def main():
    checkout, spec, pictures = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), int(sys.argv[3])
    torch.set_num_threads(int(sys.argv[4]) if len(sys.argv) > 4 else 2)
    model, module = open_model(checkout, spec)
    image = torch.rand(1, 3, 256, 256)
    words = torch.randint(4, 358, (PHRASES, 20))
    with torch.no_grad():
        whole = measure(lambda: model(image.expand(PHRASES, -1, -1, -1).contiguous(), words, None), pictures)
        once = measure(lambda: shared(model, module, image, words), pictures)
    print("original %.4f s a picture" % whole)
    print("picture side once %.4f s a picture" % once)


if __name__ == "__main__":
    main()
