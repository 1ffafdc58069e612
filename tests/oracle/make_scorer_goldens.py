#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Score tag sequences and relations drawn with fixed seeds with the original scorers.

    make_scorer_goldens.py --conlleval conlleval.pl --umt ner_evaluate.py --hvpnet metrics.py \\
        --nervaluate-0 PYTHON --nervaluate-1 PYTHON -o tests/oracle/scorers

Run it where seqeval 1.2.2 and scikit-learn are; PYTHON are interpreters that have nervaluate 0.2.0 and 1.2.1.
Writes ner_predictions.tsv (one token a line, empty cells between sentences) and golden.json with all else, as
check_scorers.py reads them. The tags are of all schemes and of none, malformed ones among them.
"""
import argparse
import dataclasses
import importlib.util
import json
import logging
import os
import random
import subprocess
import sys
import warnings

PLAIN = ["B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]
ODD = ["B", "I", "E", "S", "-", "B-", "I--", "B-0", "0", "O-PER", "o", "BPER", "IPER", "B-PER-", "I-PER-", "é-PER", "[",
       "]", "[-X", "]-X", ".", ".-X", "b-PER", "i-PER", "I-per", "X", "[CLS]", "PAD", "S-", "-PER", "B-日本", "I-日本"]
VARIANTS = {  # name: seed, tags, chance that a predicted tag is drawn anew, scheme
    "noisy": (2, ["O"] * 6 + PLAIN, 0.2, "IOB2"),
    "dense": (3, ["O"] + PLAIN, 0.5, "IOB1"),
    "ends": (5, ["O"] * 3 + ["I-PER", "E-PER", "I-LOC", "E-LOC"], 0.2, "IOE2"),
    "singles": (7, ["O"] * 4 + PLAIN[:4] + ["E-PER", "S-PER", "E-LOC", "S-LOC"], 0.3, "IOBES"),
    "units": (11, ["O"] * 4 + PLAIN[:4] + ["L-PER", "U-PER", "L-LOC", "U-LOC"], 0.3, "BILOU"),
    "odd": (13, ["O"] * 8 + PLAIN[:4] * 2 + ODD, 0.4, "IOB2"),
}
RELATIONS = ["None", "NA", "/per/per/peer", "/per/loc/place_of_birth", "/org/loc/locate_at"]


def draw(seed, tags, chance):
    dice = random.Random(seed)
    sentences = []
    for _ in range(60):
        n = dice.randint(1, 12)
        gold = [dice.choice(tags) for _ in range(n)]
        sentences.append((gold, [dice.choice(tags) if dice.random() < chance else tag for tag in gold]))
    return sentences


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lines(text):
    return text.split("\n")


def conlleval(script, sentences, *options):
    text = "".join("".join("w %s %s\n" % pair for pair in zip(*s)) + "\n" for s in sentences)
    run = subprocess.run(["perl", script, *options], input=text.encode(), capture_output=True, check=True)
    return {"output": lines(run.stdout.decode())}


def seqeval(gold, guess, **options):
    from seqeval.metrics import classification_report, f1_score, precision_score, recall_score
    try:
        report = classification_report(gold, guess, digits=4, **options)
    except (KeyError, ValueError) as error:
        return {"error": "%s: %s" % (type(error).__name__, error)}
    figures = classification_report(gold, guess, output_dict=True, **options)
    return {"report": lines(report),
            "per_type": {k: {x: float(y) for x, y in v.items()} for k, v in figures.items()},
            "micro": [float(f(gold, guess, **options)) for f in (precision_score, recall_score, f1_score)]}


def umt(module, gold, guess):
    ids = {}
    for tag in (tag for sentence in gold + guess for tag in sentence):
        ids.setdefault(tag, len(ids) + 1)

    def numbers(sentences):
        return [[ids[tag] for tag in sentence] for sentence in sentences]

    words = [[""] * len(sentence) for sentence in gold]
    accuracy, f1, precision, recall = module.evaluate(numbers(guess), numbers(gold), words, ids)
    each = {}
    for kind in sorted({tag.split("-")[-1] for tag in ids if tag != "O"}):
        f, p, r = module.evaluate_each_class(numbers(guess), numbers(gold), words, ids, kind)
        found = {c[0] for s in numbers(gold) + numbers(guess) for c in module.get_chunks(s, ids)}
        if kind in found:
            each[kind] = [p, r, f]
    return {"accuracy": float(accuracy), "precision": precision, "recall": recall, "f1": f1, "each_class": each}


def nervaluate_here():
    """Read [gold, predicted] as JSON, print what the nervaluate of this interpreter gives."""
    from nervaluate import Evaluator
    gold, guess = json.load(sys.stdin)
    tags = sorted({tag[2:] for s in gold + guess for tag in s if tag[:2] in ("B-", "I-")})
    try:
        got = Evaluator(gold, guess, tags=tags, loader="list").evaluate()
    except ValueError as error:
        print(json.dumps({"error": "ValueError: %s" % error}))
        return
    if isinstance(got, tuple):
        overall, by_type = got[:2]
    else:
        overall = {k: dataclasses.asdict(v) for k, v in got["overall"].items()}
        by_type = {t: {k: dataclasses.asdict(v) for k, v in s.items()} for t, s in got["entities"].items()}
    print(json.dumps({"overall": overall, "by_type": {t: by_type[t] for t in sorted(by_type)[-2:]}}))


def nervaluate(python, gold, guess):
    run = subprocess.run([python, __file__, "--here"], input=json.dumps([gold, guess]), capture_output=True, text=True,
                         check=True)
    return json.loads(run.stdout)


def variant(args, module, sentences, scheme):
    from seqeval import scheme as schemes
    from seqeval.metrics import accuracy_score
    gold, guess = [s[0] for s in sentences], [s[1] for s in sentences]
    return {"scheme": scheme, "conlleval": conlleval(args.conlleval, sentences),
            "conlleval_latex": conlleval(args.conlleval, sentences, "-l"),
            "conlleval_raw": conlleval(args.conlleval, sentences, "-r"),
            "seqeval_default": seqeval(gold, guess), "seqeval_accuracy": float(accuracy_score(gold, guess)),
            "seqeval_strict": seqeval(gold, guess, mode="strict", scheme=getattr(schemes, scheme)),
            "umt": umt(module, gold, guess),
            "nervaluate_0.2.0": nervaluate(args.nervaluate_0, gold, guess),
            "nervaluate_1.2.1": nervaluate(args.nervaluate_1, gold, guess)}


def relations(args):
    from sklearn.metrics import classification_report
    metrics, out, rows = load(args.hvpnet, "hvpnet"), [], []
    for seed, used in ((17, RELATIONS[:1] + RELATIONS[2:]), (19, RELATIONS), (23, RELATIONS[2:])):
        dice = random.Random(seed)
        gold = [dice.choice(used) for _ in range(80)]
        guess = [dice.choice(used) if dice.random() < 0.3 else name for name in gold]
        ids = {name: i for i, name in enumerate(used)}
        case = {"relations": ids, "gold": [ids[g] for g in gold], "predicted": [ids[g] for g in guess]}
        case["result"] = metrics.eval_result(case["gold"], case["predicted"], ids, logging.getLogger())
        if "None" in ids and "NA" not in ids:
            case["report"] = lines(classification_report(case["gold"], case["predicted"], labels=list(ids.values())[1:],
                                                         target_names=list(ids)[1:], digits=4))
        out.append(case)
    return out


def main():
    parser = argparse.ArgumentParser()
    for name in ("conlleval", "umt", "hvpnet", "nervaluate-0", "nervaluate-1"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("-o", required=True)
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    module = load(args.umt, "umt")
    golden, columns, head = {"ner": {}, "re": {}, "re_small": relations(args)}, [], []
    for name, (seed, tags, chance, scheme) in VARIANTS.items():
        sentences = draw(seed, tags, chance)
        golden["ner"][name] = variant(args, module, sentences, scheme)
        columns.append([cell for s in sentences for cell in list(zip(*s)) + [None]])
        head += [name + " gold", name + " predicted"]
    rows = max(map(len, columns))
    with open(os.path.join(args.o, "ner_predictions.tsv"), "w", encoding="utf-8") as out:
        out.write("#" + "\t".join(head) + "\n")
        for i in range(rows):
            cells = [c[i] if i < len(c) and c[i] else ("", "") for c in columns]
            out.write("\t".join("\t".join(cell) for cell in cells) + "\n")
    with open(os.path.join(args.o, "golden.json"), "w", encoding="utf-8") as out:
        json.dump(golden, out, separators=(",", ":"), ensure_ascii=False)
        out.write("\n")


if __name__ == "__main__":
    nervaluate_here() if sys.argv[1:] == ["--here"] else main()
