"""Makes small tokenizers of every kind, and records the ids that the reference implementation gives odd texts.

Ran with Python 3.11, tokenizers 0.23.3 and transformers 5.24.0:
  python references.py > references.jsonl
The first line holds the versions and the texts; each further one a tokenizer (`json`, and `config` where it is one that
tokenizer_config.json changes) and its ids: one text each, joined by spaces.
Truncation and padding are off and no special tokens are added, as where prompts are put together.
"""

import base64
import json
import sys
import tempfile
from pathlib import Path

import tokenizers
import transformers
from charsmap import charsmap
from texts import texts
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

COUNT = 330
OWN = """The film was great and the acting was good, but it's far too long. It was a terrible, terrible mess: nobody
laughed, and they don't know why. We'll see new films in New York in 2024 or 2025! A café scene, naïve and lovely; 10% of
the cost (about $5,000) was wasted... Was it worth 3.14? unbelievably bad. lower lowest newer newest wider widest films.
Ein schöner Film, größer als die Straße. Un très beau récit, déjà vu. Ωραία ταινία όσος οδος. Хороший фильм, Москва.
电影很好 中文 日本語のテスト 한국어 영화 मूवी العربية שלום 😀 👍 ☃ snake_case a_b a+b <=> -- !! ?! “quoted” ‘so’ «oui»"""
LINES = OWN.split("\n") * 3
SPECIAL = {
    "bert": ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
    "roberta": ["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
}
SPLIT_LLAMA = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPLIT_QWEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
WHITE = {"type": "WhitespaceSplit"}
BERT_PRE = {"type": "BertPreTokenizer"}
LOWER = {"type": "Lowercase"}


def numbered(tokens):
    return {token: place for place, token in enumerate(dict.fromkeys(tokens))}


def trained(model, trainer, pre=None, normalizer=None):
    """The JSON of a model that is trained on our text."""
    tokenizer = Tokenizer(model)
    if pre is not None:
        tokenizer.pre_tokenizer = pre
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.train_from_iterator(LINES, trainer)
    return json.loads(tokenizer.to_str())["model"]


def word_piece(**changes):
    trainer = trainers.WordPieceTrainer(vocab_size=330, special_tokens=SPECIAL["bert"], show_progress=False)
    model = trained(models.WordPiece(unk_token="[UNK]"), trainer, pre_tokenizers.BertPreTokenizer())
    return model | changes


def byte_bpe(**changes):
    trainer = trainers.BpeTrainer(
        vocab_size=340,
        special_tokens=SPECIAL["roberta"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    return trained(models.BPE(), trainer, pre_tokenizers.ByteLevel(add_prefix_space=False)) | changes


def char_bpe(size=260, pre=None, special=SPECIAL["roberta"], **options):
    trainer_options = {key: options.pop(key) for key in ["continuing_subword_prefix", "end_of_word_suffix"] if key in options}
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False, **trainer_options)
    return trained(models.BPE(unk_token="<unk>", **trainer_options), trainer, pre or pre_tokenizers.WhitespaceSplit()) | options


def byte_fallback_bpe(**changes):
    """Like Llama's: single characters and their merges, every other character as its bytes."""
    model = char_bpe(220, pre_tokenizers.Metaspace(), SPECIAL["roberta"])
    tokens = [*SPECIAL["roberta"], *(f"<0x{b:02X}>" for b in range(256)), *model["vocab"]]
    return model | {"vocab": numbered(tokens), "unk_token": "<unk>", "byte_fallback": True, "fuse_unk": True} | changes


def unigram(size=200, special=SPECIAL["roberta"], pre=None, **changes):
    trainer = trainers.UnigramTrainer(
        vocab_size=size, special_tokens=special, unk_token="<unk>", show_progress=False, shrinking_factor=0.6
    )
    model = trained(models.Unigram(), trainer, pre or pre_tokenizers.Metaspace())
    model["vocab"] = [[token, round(score, 4)] for token, score in model["vocab"]]
    return model | changes


def added(tokens, model, **flags):
    vocab = model["vocab"]
    known = numbered(token for token, _ in vocab) if isinstance(vocab, list) else dict(vocab)
    entries = []
    for token in tokens:
        content, own = token if isinstance(token, tuple) else (token, {})
        token_id = known.setdefault(content, max(known.values()) + 1)
        entries.append(
            {"id": token_id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
            | flags
            | own
        )
    return sorted(entries, key=lambda entry: entry["id"])


def template(kind):
    first, last = (("[CLS]", 2), ("[SEP]", 3)) if kind == "bert" else (("<s>", 0), ("</s>", 2))
    piece = lambda token: {"SpecialToken": {"id": token, "type_id": 0}}
    sequence = lambda name: {"Sequence": {"id": name, "type_id": 0}}
    return {
        "type": "TemplateProcessing",
        "single": [piece(first[0]), sequence("A"), piece(last[0])],
        "pair": [piece(first[0]), sequence("A"), piece(last[0]), sequence("B"), piece(last[0])],
        "special_tokens": {token: {"id": token, "ids": [place], "tokens": [token]} for token, place in (first, last)},
    }


def whole(model, normalizer=None, pre=None, kind=None, post="template", extra=(), decoder=None, **others):
    kind = kind or ("bert" if model["type"] in ("WordPiece", "WordLevel") else "roberta")
    processors = {
        "template": template(kind),
        "bert": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
        "roberta": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True, "add_prefix_space": False},
        "bytes": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True},
        "sequence": {"type": "Sequence", "processors": [{"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}, template(kind)]},
        None: None,
    }
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added([*SPECIAL[kind], *extra], model),
        "normalizer": normalizer,
        "pre_tokenizer": pre,
        "post_processor": processors[post],
        "decoder": decoder,
        "model": model,
    } | others


def bert(lowercase=True, strip_accents=None, clean_text=True, handle_chinese_chars=True):
    return {"type": "BertNormalizer", "clean_text": clean_text, "handle_chinese_chars": handle_chinese_chars, "strip_accents": strip_accents, "lowercase": lowercase}


def byte_level(**changes):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True} | changes


def split(behavior, invert=False, **pattern):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def sequence(*steps):
    key = "normalizers" if steps and steps[0]["type"] in NORMALIZERS else "pretokenizers"
    return {"type": "Sequence", key: list(steps)}


NORMALIZERS = {"BertNormalizer", "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Strip", "StripAccents", "Replace", "Prepend", "Nmt", "Precompiled", "ByteLevel"}


def metaspace(scheme="always", split=True):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split}


def precompiled():
    table = {chr(letter): chr(letter + 32) for letter in range(65, 91)}
    table |= {chr(0xFF21 + place): chr(97 + place) for place in range(26)}
    table |= {"é": "e", "e\u0301": "e", "ï": "i", "ﬁ": "fi", "ﬃ": "ffi", "½": "1/2", "²": "2", "\u00a0": " ", "\u3000": " ", "\t": " ", "\n": " "}
    table |= {"\u200b": "", "\ufeff": "", "…": "...", "“": '"', "”": '"', "’": "'", "\u212b": "å", "한": "h", "😀": ":)", "Σ": "σ", "の": "no"}
    return {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap(table)).decode()}


def kinds():
    wp, by, uni = word_piece(), byte_bpe(), unigram()
    yield "bert uncased", whole(wp, bert(), BERT_PRE, post="bert")
    yield "bert cased", whole(wp, bert(lowercase=False), BERT_PRE)
    yield "bert strips accents, keeps case", whole(wp, bert(lowercase=False, strip_accents=True), BERT_PRE)
    yield "bert lower-cases, keeps accents", whole(wp, bert(strip_accents=False), BERT_PRE)
    yield "bert without cleaning", whole(wp, bert(clean_text=False), BERT_PRE)
    yield "bert without spaces around ideographs", whole(wp, bert(handle_chinese_chars=False), BERT_PRE)
    yield "bert, words of at most 6 characters", whole(wp | {"max_input_chars_per_word": 6}, bert(), BERT_PRE)
    yield "bert without post-processor", {key: value for key, value in whole(wp, bert(), BERT_PRE).items() if key not in ("post_processor", "decoder")}
    yield "whitespace", whole(wp, {"type": "NFC"}, {"type": "Whitespace"})
    yield "whitespace split, punctuation isolated", whole(wp, bert(), sequence(WHITE, {"type": "Punctuation", "behavior": "Isolated"}))
    yield "punctuation contiguous", whole(wp, LOWER, sequence(WHITE, {"type": "Punctuation", "behavior": "Contiguous"}))
    yield "punctuation merged with the previous", whole(wp, LOWER, sequence(WHITE, {"type": "Punctuation", "behavior": "MergedWithPrevious"}))
    yield "punctuation removed", whole(wp, LOWER, sequence(WHITE, {"type": "Punctuation", "behavior": "Removed"}))
    yield "digits alone", whole(wp, LOWER, sequence(WHITE, {"type": "Digits", "individual_digits": True}))
    yield "digits in runs", whole(wp, LOWER, sequence(WHITE, {"type": "Digits", "individual_digits": False}))
    yield "delimiter", whole(wp, None, sequence(WHITE, {"type": "CharDelimiterSplit", "delimiter": "-"}))
    yield "scripts", whole(wp, None, sequence(WHITE, {"type": "UnicodeScripts"}))
    yield "three characters each", whole(wp, None, {"type": "FixedLength", "length": 3})
    yield "words", whole({"type": "WordLevel", "vocab": numbered([*SPECIAL["bert"], *OWN.split()]), "unk_token": "[UNK]"}, None, WHITE)
    yield "NFKC, lower case, accents", whole(wp, sequence({"type": "NFKC"}, LOWER, {"type": "StripAccents"}), WHITE)
    yield "NFD, accents, strip", whole(wp, sequence({"type": "NFD"}, {"type": "StripAccents"}, {"type": "Strip", "strip_left": True, "strip_right": True}), BERT_PRE)
    yield "NFKD, replaced text", whole(wp, sequence({"type": "NFKD"}, {"type": "Replace", "pattern": {"String": "-"}, "content": " x "}), WHITE)
    yield "replaced expression", whole(wp, {"type": "Replace", "pattern": {"Regex": r"\s+|\d\b"}, "content": " "}, WHITE)
    yield "nmt, strip left", whole(wp, sequence({"type": "Nmt"}, {"type": "Strip", "strip_left": True, "strip_right": False}), WHITE)
    yield "bytes", whole(by, None, byte_level(), post="roberta")
    yield "bytes with a first space", whole(by, None, byte_level(add_prefix_space=True), post="bytes")
    yield "bytes, roberta's tokens", whole(by, None, byte_level(), post="roberta", extra=()) | {
        "added_tokens": added([("<s>", {"normalized": True}), ("<pad>", {"normalized": True}), ("</s>", {"normalized": True}), ("<unk>", {"normalized": True}), ("<mask>", {"lstrip": True})], by)
    }
    yield "bytes split as Llama 3", whole(by, None, sequence(split("Isolated", Regex=SPLIT_LLAMA), byte_level(use_regex=False)), post="sequence")
    yield "bytes split as Qwen, NFC", whole(by | {"ignore_merges": True}, {"type": "NFC"}, sequence(split("Isolated", Regex=SPLIT_QWEN), byte_level(use_regex=False)))
    yield "bytes, split removed", whole(by, None, sequence(split("Removed", String=" "), byte_level(use_regex=False)))
    yield "bytes, split merged with the previous", whole(by, None, sequence(split("MergedWithPrevious", Regex=r"[aeiou]"), byte_level(use_regex=False)))
    yield "bytes, split merged with the next", whole(by, None, sequence(split("MergedWithNext", String=" "), byte_level(use_regex=False)))
    yield "bytes, split contiguous", whole(by, None, sequence(split("Contiguous", Regex=r"[\w]"), byte_level(use_regex=False)))
    yield "bytes, split inverted", whole(by, None, sequence(split("Removed", True, Regex=r"\w+"), byte_level(use_regex=False)))
    yield "bytes, split inverted and isolated", whole(by, None, sequence(split("Isolated", True, Regex=r"\w+"), byte_level(use_regex=False)))
    yield "bytes as a normalizer", whole(by, {"type": "ByteLevel"}, None)
    yield "bytes, tokens with blanks", whole(by, None, byte_level(), extra=[("<ent>", {"lstrip": True, "rstrip": True}), ("<tab>", {"rstrip": True}), ("<e>", {"lstrip": True})])
    yield "bytes, single words", whole(by, None, byte_level(), extra=[("don", {"single_word": True}), ("new york", {"single_word": True, "special": False}), ("<e>", {"single_word": True})])
    yield "words before normalization", whole(wp, bert(), BERT_PRE, extra=[("new york", {"special": False}), ("New York", {"special": False}), ("<e>", {})])
    yield "words after normalization", whole(wp, bert(), BERT_PRE, extra=[("New York", {"normalized": True, "special": False}), ("<ENT>", {"normalized": True}), ("donut", {"normalized": True, "special": False})])
    yield "pieces", whole(uni, None, metaspace())
    yield "pieces, first only", whole(uni, None, metaspace("first"), extra=["<e>"])
    yield "pieces, no space, no split", whole(uni, None, metaspace("never", False))
    yield "pieces of words", whole(uni, {"type": "NFKC"}, sequence(WHITE, metaspace()))
    yield "pieces without pre-tokenizer", whole(uni, LOWER, None)
    yield "pieces, own table", whole(uni, precompiled(), metaspace())
    yield "pieces, table and blanks", whole(uni, sequence(precompiled(), {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}), sequence(WHITE, metaspace()))
    yield "pieces or bytes", whole(unigram(special=[*SPECIAL["roberta"], *(f"<0x{b:02X}>" for b in range(256))], size=450, byte_fallback=True), None, metaspace())
    yield "llama", whole(byte_fallback_bpe(), sequence({"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}), None, extra=["<e>"])
    yield "llama, split at blanks", whole(byte_fallback_bpe(), sequence({"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}), split("MergedWithNext", String="▁"))
    yield "subwords with a prefix", whole(char_bpe(continuing_subword_prefix="##"), LOWER, BERT_PRE)
    yield "words with an ending", whole(char_bpe(end_of_word_suffix="</w>"), sequence({"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}, LOWER), WHITE)
    yield "unknowns fused", whole(char_bpe(fuse_unk=True), None, WHITE)
    yield "truncated and padded", whole(wp, bert(), BERT_PRE) | {
        "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 8}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
    }


def overrides():
    """What tokenizer_config.json changes, read by the transformers class that it names."""
    uncased = whole(word_piece(), bert(), BERT_PRE)
    cased = whole(word_piece(), bert(lowercase=False), BERT_PRE)
    plain = whole(byte_bpe(), None, byte_level(), post="roberta")
    for name, full, config in [
        ("not lower-cased after all", uncased, {"do_lower_case": False}),
        ("lower-cased after all", cased, {"do_lower_case": True}),
        ("accents kept after all", uncased, {"do_lower_case": True, "strip_accents": False}),
        ("accents stripped after all", cased, {"do_lower_case": False, "strip_accents": True}),
        ("no spaces around ideographs after all", uncased, {"do_lower_case": True, "tokenize_chinese_chars": False}),
    ]:
        yield name, full, {"tokenizer_class": "BertTokenizer"} | config, transformers.BertTokenizer
    yield "a first space after all", plain, {"tokenizer_class": "RobertaTokenizer", "add_prefix_space": True}, transformers.RobertaTokenizer
    unnamed = uncased | {"added_tokens": []}
    names = {f"{role}_token": f"[{role.upper()}]" for role in ["pad", "unk", "cls", "sep", "mask"]}
    flags = {"lstrip": True, "rstrip": True, "normalized": False, "single_word": True, "special": True}
    generic = transformers.PreTrainedTokenizerFast
    yield "special tokens named after all", unnamed, {"tokenizer_class": "PreTrainedTokenizerFast"} | names, generic
    yield "another flag after all", uncased, {"tokenizer_class": "PreTrainedTokenizerFast", "added_tokens_decoder": {"4": {"content": "[MASK]"} | flags}}, generic
    yield "a word added after all", uncased, {"tokenizer_class": "BertTokenizer", "added_tokens_decoder": {"999": {"content": "new york"} | flags | {"normalized": True, "special": False}}}, transformers.BertTokenizer
    yield "as it stands for the general class", uncased, {"tokenizer_class": "PreTrainedTokenizerFast", "do_lower_case": False, "strip_accents": False}, generic


def shared_name(model, seen):
    """Models that several tokenizers share are written once: `model` is then the name of the first that has it."""
    return seen.setdefault(json.dumps(model, sort_keys=True), len(seen))


def main():
    write = lambda value: print(json.dumps(value, ensure_ascii=True, separators=(",", ":")))
    all_texts = texts(COUNT)
    write({"versions": {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__}, "texts": all_texts})
    seen = {}

    def record(name, full, encode, config=None):
        model, known = full["model"], len(seen)
        place = shared_name(model, seen)
        compact = full | {"model": model if place == known else place}
        ids = "|".join(" ".join(map(str, encode(text))) for text in all_texts)
        write({"name": name, "json": compact, **({} if config is None else {"config": config}), "ids": ids})

    for name, full in kinds():
        tokenizer = Tokenizer.from_str(json.dumps(full))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        record(name, full, lambda text: tokenizer.encode(text, add_special_tokens=False).ids)
    for name, full, config, cls in overrides():
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "tokenizer.json").write_text(json.dumps(full))
            Path(folder, "tokenizer_config.json").write_text(json.dumps(config))
            loaded = cls.from_pretrained(folder)
            record(name, full, lambda text: loaded.encode(text, add_special_tokens=False), config)


if __name__ == "__main__":
    sys.exit(main())
