#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What PyTorch's LSTM gives for packed sequences of unequal length, with its weights.

    make_lstm_fixture.py      writes tests/oracle/lstm/lstm.safetensors

`both` has two layers in both directions, `one` a single layer forwards; `x` holds the sequences one after another,
`starts` where each begins. Needs torch and safetensors.
"""
import os

import torch
from safetensors.torch import save_file

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lstm")
INPUT, HIDDEN = 5, 3
LENGTHS = [3, 1, 7, 3, 2]


def states(lstm, sequences):
    packed = torch.nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False)
    padded, lengths = torch.nn.utils.rnn.pad_packed_sequence(lstm(packed)[0], batch_first=True)
    return torch.cat([row[:n] for row, n in zip(padded, lengths)])


def main():
    torch.manual_seed(3)
    x = torch.randn(sum(LENGTHS), INPUT)
    starts = torch.tensor([0] + LENGTHS).cumsum(0)
    tensors = {"x": x, "starts": starts}
    for name, options in (("both", {"num_layers": 2, "bidirectional": True}), ("one", {})):
        lstm = torch.nn.LSTM(INPUT, HIDDEN, **options)
        with torch.no_grad():
            for parameter in lstm.parameters():
                parameter.copy_(torch.randn_like(parameter))
            tensors[f"{name}.states"] = states(lstm, torch.split(x, LENGTHS))
        tensors |= {f"{name}.{key}": value for key, value in lstm.state_dict().items()}
    os.makedirs(FOLDER, exist_ok=True)
    save_file({name: value.contiguous() for name, value in tensors.items()}, os.path.join(FOLDER, "lstm.safetensors"))


if __name__ == "__main__":
    main()
