"""Records what transformers makes of conversations in chat templates of several forms, written for this.

Ran with Python 3.11, transformers 5.24.0, tokenizers 0.23.3 and Jinja2 3.1.6, beside references.jsonl:
  python chatTemplates.py > chatTemplates.json
Texts are those of `apply_chat_template(..., tokenize=False)`, ids those of `apply_chat_template(...)`, each for one message
of the user with `add_generation_prompt=True`; `answer` is the text with an answer and without a generation prompt. The date
is fixed and `enable_thinking` is off, as in ours.
"""

import json
from datetime import datetime
from pathlib import Path

import jinja2
import tokenizers
import transformers
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

MARKS = ["<|turn|>", "<|over|>"]
MESSAGES = ["A joy to watch. It was", "  spaces around  ", "two\n\nlines\n", "It’s 10% café — “no”", "<|over|> {{ bos_token }} {prompt}"]

TEMPLATES = {
    # Marked turns, a line for the role.
    "marks": """{% for turn in messages %}{{ '<|turn|>' + turn['role'] + '\\n' }}{{ turn['content'] }}{{ '<|over|>\\n' }}{% endfor %}
{% if add_generation_prompt %}{{ '<|turn|>assistant\\n' }}{% endif %}""",
    # Brackets around what the user says; the answer follows a space, and no generation prompt is needed.
    "brackets": """{{ bos_token }}
{%- for turn in messages %}
    {%- if turn.role == 'user' %}
        {{- '[ASK] ' ~ turn.content | trim ~ ' [/ASK]' }}
    {%- elif turn.role == 'assistant' %}
        {{- ' ' ~ turn.content ~ eos_token }}
    {%- else %}
        {{- raise_exception('only user and assistant take turns') }}
    {%- endif %}
{%- endfor %}""",
    # A system message of its own with the date, headers, two line breaks; blocks on lines of their own.
    "headers": """{%- set today = strftime_now('%d %b %Y') if strftime_now is defined else 'never' %}
{%- macro header(role) -%}
<|turn|>{{ role }}<|over|>{{ '\\n\\n' }}
{%- endmacro %}
{{- bos_token }}
{%- if messages[0]['role'] != 'system' %}
    {{- header('system') + 'Today is ' + today + '.' + ('' if tools is none else ' With tools.') + '<|over|>' }}
{%- endif %}
{%- set seen = namespace(users=0) %}
{%- for turn in messages %}
    {%- if turn.role == 'user' %}{% set seen.users = seen.users + 1 %}{% endif %}
    {{- header(turn.role) }}{{ turn.content | trim }}<|over|>
{%- endfor %}
{%- if add_generation_prompt and seen.users > 0 %}
    {{- header('assistant') }}
{%- endif %}""",
    # Plain text without marks; thinking, where it is on, would come first.
    "plain": """{% for turn in messages %}
  {% if turn.role == 'user' %}
### Question:
{{ turn.content }}

  {% else %}
### Answer: {{ turn.content }}
  {% endif %}
{% endfor %}
{% if add_generation_prompt %}
### Answer:{% if enable_thinking is not defined or enable_thinking %}<think>{% endif %}
{% endif %}""",
}
TOKENIZERS = ["bytes", "bytes split as Llama 3", "llama", "pieces, first only"]


class FixedDate(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime(2024, 7, 26)


def recorded():
    models, found = [], {}
    for line in Path(__file__).with_name("references.jsonl").read_text().splitlines()[1:]:
        entry = json.loads(line)
        parts = entry["json"]
        if isinstance(parts["model"], int):
            parts["model"] = models[parts["model"]]
        else:
            models.append(parts["model"])
        found[entry["name"]] = parts
    return found


def marked(parts):
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    last = max(token["id"] for token in parts["added_tokens"])
    size = max(last + 1, len(parts["model"]["vocab"]))
    new = [{"id": size + k, "content": mark, **flags} for k, mark in enumerate(MARKS)]
    return {**parts, "added_tokens": [*parts["added_tokens"], *new]}


def main():
    chat_template_utils.datetime = FixedDate
    all_parts, cases = recorded(), []
    for name in TOKENIZERS:
        peer = PreTrainedTokenizerFast(
            tokenizer_object=Tokenizer.from_str(json.dumps(marked(all_parts[name]))), bos_token="<s>", eos_token="</s>"
        )
        for form, template in TEMPLATES.items():
            for message in MESSAGES:
                asked = [{"role": "user", "content": message}]
                written = lambda turns, **more: peer.apply_chat_template(turns, chat_template=template, enable_thinking=False, **more)
                ids = written(asked, add_generation_prompt=True)["input_ids"]
                text = written(asked, add_generation_prompt=True, tokenize=False)
                answer = written([*asked, {"role": "assistant", "content": "great"}], tokenize=False)
                cases.append({"tokenizer": name, "form": form, "message": message, "text": text, "answer": answer, "ids": ids})
    versions = {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__, "jinja2": jinja2.__version__}
    texts = {(one["form"], one["message"]): {key: one[key] for key in ("form", "message", "text", "answer")} for one in cases}
    ids = {name: [one["ids"] for one in cases if one["tokenizer"] == name] for name in TOKENIZERS}
    rows = ",\n    ".join(json.dumps(one, ensure_ascii=False) for one in texts.values())
    lines = ",\n    ".join(f"{json.dumps(name)}: {json.dumps(list(map(lambda own: ' '.join(map(str, own)), own)))}" for name, own in ids.items())
    print(f'{{\n  "versions": {json.dumps(versions)},\n  "marks": {json.dumps(MARKS)},\n  "templates": {json.dumps(TEMPLATES)},')
    print(f'  "texts": [\n    {rows}\n  ],\n  "ids": {{\n    {lines}\n  }}\n}}')


main()
