# SPDX-License-Identifier: Apache-2.0
"""Write wordpiece/words.json: odd words and strings with their word piece ids by Hugging Face's tokenizers.

    python make_wordpiece_fixture.py        (needs: tokenizers, safetensors, numpy)

The vocabulary is the one inside inference/models/tagger.safetensors, the rules are BERT's uncased ones. Each line of
the file is one JSON array [text, ids]. Code points on which Unicode versions disagree are left out.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODELS = HERE.parents[1] / "inference" / "models"
sys.path.insert(0, str(MODELS))

from safetensors.numpy import load_file  # noqa: E402
from tweets import WordPieces  # noqa: E402

PLAIN = """the The THE tHe cat cats unaffable running #hashtag #HashTag # ## @ @user @User_99 @_ RT rt http https
http://t.co/AbC123 HTTP://X.Y www.example.org e-mail U.S.A. J.K. don't can't won't it's 's ' '' `` "quote" (paren)
[bracket] {brace} <tag> a/b a\\b a|b 100% $5 £5 €5 ¥5 5€ 3.14 1,000 -1 +1 1st 2nd 90s 24/7 10:30 2017 1/2 :) :-( ;-)
:D <3 XD ^_^ ... .. . , ; ! !! !!! ? ?! ?? * ** _ __ ___ ~ = == => -> <- -- --- & && &amp; % @@ #1 #100 a b c z A B Z I
x1y2 abc123def co-op rock'n'roll o'clock AT&T R&B C++ C# .NET node.js x.y.z file.tar.gz user@example.org
supercalifragilisticexpialidocious antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis
loooooooool sooooo hahahahaha lmaooo goooaaal brb omg xoxo""".split()
ACCENTS = """café CAFÉ naïve Zoë Beyoncé São Paulo Málaga Köln Ångström ÉCOLE façade jalapeño résumé Dvořák Łódź Øresund
Straße STRASSE ﬁnd ﬂoor Æon œuvre ŒUVRE İstanbul ıstanbul ISTANBUL ΟΔΥΣΣΕΥΣ Σίσυφος Москва МОСКВА Київ Ёлка ёлка Ελλάδα
עברית العربية مُحَمَّد فارسی हिन्दी ไทย தமிழ் বাংলা 한국어 서울 가 ﷺ ǅ Ǆ ǆ Ⅷ ⅷ ① ½ ² ³ ™ © ® ° º ª µ ß ẞ""".split()
CJK = ["東京", "東京タワー", "中国", "日本語テスト", "ひらがな", "カタカナ", "ｶﾀｶﾅ", "東a京", "a東b", "𠀀", "漢字!", "〇", "、", "。",
       "「」", "ＡＢＣ", "１２３", "㍿", "々", "ー", "豈", "丽"]
MARKS = {
    "emoji": ["😀", "😂😂", "❤", "❤️", "👍🏽", "👨‍👩‍👧", "🇩🇪", "a😀b", "😀a", "©️", "☺", "☺️", "✌🏻", "⚽", "1️⃣", "#️⃣", "🎉!", "→", "★", "♥"],
    "invisible": ["\ufe0f", "\u200b", "\u200d", "\u00ad", "\u2060", "\ufeff", "a\u200bb", "a\u00adb", "a\ufe0fb", "\u200e",
                  "\u0092", "\u0085", "a\u0085b", "\u0007", "a\u0000b", "\ufffd", "a\ufffdb", "\u0301", "a\u0301", "e\u0301\u0302",
                  "\u0301a", "\ufe0f\ufe0f", "\u180e", "\ue000", "\uf8ff", "\U000f0000"],
    "blanks": ["", " ", "a b", " a ", "\ta\n", "a\tb", "\u00a0", "a\u00a0b", "\u3000", "a\u3000b", "\u2003", "a\u2028b", "\u2029", "\u205f",
               "\u1680", "a\u000bb", "a\u000cb"],
    "punctuation": ["“quoted”", "‘it’s’", "it’s", "—", "–", "a—b", "…", "wait…", "«x»", "¿qué?", "¡hola!", "•", "·", "†", "§1", "¶", "‰",
                    "′", "″", "‹", "№5", "٪", "؟", "،", "।", "、", "﹏", "＿", "！", "？", "（", "）", "＂", "｀", "´", "¨", "¯", "^", "`", "~", "$", "+",
                    "<", "=", ">", "|", "×", "÷", "±", "¬", "∞", "≠", "≤", "√", "∑"],
    "special": ["[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]", "[cls]", "[CLS]word", "word[SEP]", "a[MASK]b", "[SEP][SEP]", "[ SEP ]",
                "[CLS", "CLS]", "[unused0]", "##ing", "##s", "[unused1]x"],
    "long": ["a" * 99, "a" * 100, "a" * 101, "A" * 100, "é" * 100, "e\u0301" * 100, "e\u0301" * 101, "-" * 101, "東" * 101, "x" * 50 + "-" + "y" * 60,
             "ab" * 50, "ab" * 51, "😀" * 100, "😀" * 101, "1" * 100, "1" * 101],
}


def vocabulary() -> bytes:
    return load_file(MODELS / "tagger.safetensors")["vocab"].tobytes()


def main() -> None:
    tokenizer = WordPieces(vocabulary()).tokenizer
    texts = PLAIN + ACCENTS + CJK + [text for group in MARKS.values() for text in group]
    lines = [json.dumps([t, tokenizer.encode(t, add_special_tokens=False).ids]) for t in dict.fromkeys(texts)]
    (HERE / "wordpiece" / "words.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(len(lines), "texts")


if __name__ == "__main__":
    main()
