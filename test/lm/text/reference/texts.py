"""Odd texts: what tokenizers are known to disagree about, and seeded mixtures of it."""

import random

FRAGMENTS = [
    "the film", "Great", "TERRIBLE", "it's", "IT'S", "we'll", "I'D've", "don't", "naïve", "nai\u0308ve", "café", "cafe\u0301",
    "Ångström", "A\u030angstro\u0308m", "\u212bngstrom", "\u212aelvin", "İstanbul", "ısı", "straße", "STRASSE", "ẞ", "ſhip", "it\u017f",
    "ΟΔΟΣ", "ΣΑΣ ΣΑΣ", "όσος", "ὈΔΥΣΣΕΎΣ", "Москва", "ёж", "и\u0306", "ЇЖАК", "Ω", "\u2126", "Ǆ", "ǅ", "ﬁnd", "eﬃcient", "ﬅ", "№5", "™", "½", "x²", "²³¹",
    "１２３", "ＡＢＣ", "ｆｕｌｌ～", "Ⅷ", "ⅷ", "①②", "٣٤٥", "१२३", "௧", "𝟙𝟚", "𝔘𝔫𝔦", "中文", "中文abc", "电影很好", "日本語のテスト", "カタカナ", "ｶﾞｷﾞ", "か\u3099",
    "\U00020000", "\U0002b740\U0002b820x", "a\U0002f800b", "\uf900", "〆", "、。", "「引用」", "한국어", "\u1112\u1161\u11ab",
    "ภาษาไทย", "हिन्दी", "தமிழ்", "العربية", "عَرَبِيّ", "שָׁלוֹם", "ქართული", "Ქ", "Ꭰꭰ", "አማርኛ",
    "😀", "👍🏽", "👩‍👩‍👧", "🇫🇷🇩🇪", "❤️", "☃", "✓", "🤗", "🥰", "🫠", "A\ufe0fB", "a\u200bb", "a\u200cb", "a\u200db", "a\u2060b", "\ufeffx", "x\ufeff y", "\ufffd", "a\ufffdb",
    "\u00ad", "co\u00adop", "\x00", "a\x00b", "\x01", "\x07", "\x7f", "\x85", "a\x85b", "\x8f", "\x9f", "\ue000", "\U000f0000", "\u0378",
    " ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", " \n ", "\x0b", "\x0c", "\u00a0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\u180e",
    "...", "…", "--", "—", "!!", "?!", "¿qué?", "«oui»", "“q”", "‘q’", "’s", "it’s", "$5", "a+b", "<=>", "^_^", "a_b", "__x__", "snake_case", "`c`", "~", "|", "\\", "/", "a/b", "#tag", "@me",
    "&amp;", "http://a.b/c?d=e", "x@y.z", "3.14", "1,000", "12345", "a1b2", "v2.0", "10%", "€20", "a·b", "a•b", "‿x", "(x)", "[x]", "{x}", "*", "=", "▁", "a▁b", "▁▁x", "Ġ", "##s", "s##", "</w>", "<0x41>",
    "<unk>", "[UNK]", "<mask>", "[MASK]", "x<mask>y", "a [MASK] b", " <mask> ", "<mask><mask>", "[mask]", "<MASK>", "<s>", "</s>", "[CLS]a[SEP]",
    "new york", "New York", "new yorker", "anew york", "new\u00a0york", "(new york)", "<ent>", "a<ent>b", "  <ent>  b", "<ENT>", "<tab>\t<tab>", "x<e>", "<e> x", "é<e>é", "don", "donut", "don.",
    "a" * 30, "ab" * 60, "x" * 101, "the" * 40, "unbelievably", "films", "lowest", "qqq", "zzz zzz", "e", "A", "9", "'", "é",
]


def texts(count: int) -> list[str]:
    """Every fragment once, then mixtures of two to five."""
    draw = random.Random(14)
    found = dict.fromkeys(["", *FRAGMENTS])
    while len(found) < count:
        parts = draw.choices(FRAGMENTS, k=draw.randint(2, 5))
        text = draw.choice(["", " ", " ", "  "]).join(part for part in parts if len(part) < 25)
        found[text] = None
    return list(found)
