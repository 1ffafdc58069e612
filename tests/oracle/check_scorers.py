#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare tagsight eval with what the original scorers gave for the predictions of a folder of goldens.

    check_scorers.py FOLDER TAGSIGHT RELATION_MAP

FOLDER holds golden.json, ner_predictions.tsv and re_predictions.tsv, if there are such, both packed or not. Text must be equal, ratios to 1e-12;
where an original fails, tagsight must refuse, but for UMT, whose missing label it knows.
"""
import gzip
import json
import os
import subprocess
import sys
import tempfile

folder, tagsight, relation_map = sys.argv[1:]
SCHEMES = {"iob1": "IOB1", "iobes": "IOBES", "bilou": "BILOU"}
NERVALUATE = {"nervaluate": "nervaluate_1.2.1", "nervaluate-0": "nervaluate_0.2.0"}
checked = 0


def same(where, got, expected):
    global checked
    checked += 1
    if got != expected:
        sys.exit("%s:\n%s\nexpected:\n%s" % (" ".join(map(str, where)), got, expected))


def near(where, got, expected):
    same(where + ("near %r" % expected,), abs(got - expected) < 1e-12, True)


def rows_of(name):
    path = os.path.join(folder, name)
    opened = open(path, encoding="utf-8") if os.path.exists(path) else gzip.open(path + ".gz", "rt", encoding="utf-8")
    with opened as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return [cell.lstrip("#") for cell in rows[0]], rows[1:]


def run(text, *arguments):
    done = subprocess.run([tagsight, "eval", *arguments, "-"], input=text, capture_output=True, text=True)
    return done.returncode, done.stdout


def objects(text, *arguments):
    return [json.loads(line) for line in run(text, "--format", "json", *arguments)[1].splitlines()]


def check_table(where, text, types, micro, accuracy, *arguments):
    got = objects(text, *arguments)[0]
    for key, value in zip(("precision", "recall", "f1", "accuracy"), micro + [accuracy]):
        near(where + (key,), got[key], value)
    same(where + ("types",), sorted(got["types"]), sorted(types))
    for name, values in types.items():
        for key, value in zip(("precision", "recall", "f1", "support"), values):
            near(where + (name, key), got["types"][name][key], value)


def check_seqeval(where, text, golden, accuracy, *arguments):
    if "error" in golden:
        same(where, run(text, *arguments), (1, ""))
        return
    same(where, run(text, *arguments)[1], "\n".join(golden["report"]))
    types = {name: list(values.values()) for name, values in golden["per_type"].items() if not name.endswith(" avg")}
    check_table(where, text, types, golden["micro"], accuracy, *arguments)
    got = objects(text, *arguments)[0]
    for name in ("macro", "weighted"):
        for key, value in golden["per_type"][name + " avg"].items():
            if key != "support":
                near(where + (name, key), got[name][key.replace("-score", "")], value)


def check_umt(where, text, golden):
    micro = [golden["precision"], golden["recall"], golden["f1"]]
    check_table(where, text, golden["each_class"], micro, golden["accuracy"], "--scorer", "umt")


def check_nervaluate(where, text, golden, scorer):
    if "error" in golden:
        same(where, run(text, "--scorer", scorer), (1, ""))
        return
    got = {item["schema"]: item for item in objects(text, "--scorer", scorer)}
    for schema, values in golden["overall"].items():
        for key, value in values.items():
            near(where + (schema, key), got[schema][key], value)
    for name, schemas in golden["by_type"].items():
        for schema, values in schemas.items():
            for key, value in values.items():
                near(where + (name, schema, key), got[schema]["types"][name][key], value)
    if "report" in golden:
        same(where + ("report",), run(text, "--scorer", scorer)[1], "\n".join(golden["report"]))


def columns(rows, gold, guess, change=lambda tag: tag):
    return "".join("w %s %s\n" % (row[gold], change(row[guess])) if row[gold:gold + 1] > [""] else "\n" for row in rows)


def check_variant(name, golden, head, rows):
    pair = ("gold", name) if name in head else (name + " gold", name + " predicted")
    gold, guess = map(head.index, pair)
    text = columns(rows, gold, guess)
    raw = ["--raw"] if name == "bare" else []
    conlleval = "\n".join(golden["conlleval"]["output"])
    same((name, "conlleval"), run(text, "--scorer", "conlleval", *raw)[1], conlleval)
    for key, option in (("conlleval_latex", "--latex"), ("conlleval_raw", "--raw")):
        if key in golden:
            output = "\n".join(golden[key]["output"])
            same((name, key), run(text, "--scorer", "conlleval", option)[1], output)
    accuracy = golden["seqeval_accuracy"]
    check_seqeval((name, "seqeval"), text, golden["seqeval_default"], accuracy, "--scorer", "seqeval")
    check_seqeval((name, "strict"), text, golden["seqeval_strict"], accuracy, "--scorer", "seqeval-strict",
                  "--scheme", golden.get("scheme", SCHEMES.get(name, "IOB2")))
    if "umt" in golden:
        check_umt((name, "umt"), text, golden.get("umt_with_pad_in_its_map", golden["umt"]))
    for scorer, key in NERVALUATE.items():
        if key in golden:
            check_nervaluate((name, scorer), text, golden[key], scorer)
    if "after_raw_labels_become_O" in golden:
        clean = golden["after_raw_labels_become_O"]
        text = columns(rows, gold, guess, lambda tag: tag if tag[:2] in ("B-", "I-") else "O")
        same((name, "clean"), run(text, "--scorer", "seqeval")[1], "\n".join(clean["seqeval_default"]["report"]))
        check_umt((name, "clean umt"), text, clean["umt"])


def check_relations(where, pairs, result, *arguments):
    text = "".join(json.dumps({"gold": gold, "relation": guess}) + "\n" for gold, guess in pairs)
    got = objects(text, "--scorer", "mnre", *arguments)[0]
    for key, original in (("accuracy", "acc"), ("precision", "micro_p"), ("recall", "micro_r"), ("f1", "micro_f1")):
        near(where + (key,), got[key], result[original])
    return run(text, "--scorer", "mnre", *arguments)[1]


def main():
    golden = json.load(open(os.path.join(folder, "golden.json")))
    head, rows = rows_of("ner_predictions.tsv")
    for name, variant in golden["ner"].items():
        check_variant(name, variant, head, rows)
    head, rows = rows_of("re_predictions.tsv") if golden["re"] else ([], [])
    names = list(json.load(open(relation_map)))
    for name, variant in golden["re"].items():
        pairs = [(names[int(row[0])], names[int(row[head.index(name)])]) for row in rows]
        text = check_relations((name,), pairs, variant["hvpnet_and_mega"])
        report = "\n".join(variant["hvpnet_report"])
        same((name, "report"), text[:len(report)], report)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        for case in golden["re_small"]:
            file.seek(0)
            file.truncate()
            json.dump(case["relations"], file)
            file.flush()
            names = {number: name for name, number in case["relations"].items()}
            pairs = [(names[a], names[b]) for a, b in zip(case["gold"], case["predicted"])]
            text = check_relations(("small",), pairs, case["result"], "--relations", file.name)
            report = "\n".join(case.get("report", []))
            same(("small", "report"), text[:len(report)], report)
    print("%d figures and texts are those of the originals" % checked)


main()
