"""Writes a `precompiled_charsmap` as sentencepiece does: a double array of byte strings, then the texts they become.

Each unit is 32 bits: 8 bits of label with bit 31, bit 8 for a leaf below, bits 10 and up the offset to the children, which
bit 9 would scale (not needed here). A leaf's unit holds the place of its text, which ends with a zero byte.
"""

import struct


def charsmap(table: dict[str, str]) -> bytes:
    texts, places = b"", {}
    for value in table.values():
        if value not in places:
            places[value] = len(texts)
            texts += value.encode() + b"\0"
    root: dict = {}
    for key, value in table.items():
        node = root
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[None] = places[value]
    units, taken = {0: 0}, {0}
    waiting = [(0, root)]
    while waiting:
        position, node = waiting.pop(0)
        labels = [0 if byte is None else byte for byte in node]
        base = 256
        while any(base ^ label in taken for label in labels):
            base += 1
        taken.update(base ^ label for label in labels)
        offset = position ^ base
        assert offset < 1 << 21
        units[position] |= offset << 10
        for byte, child in node.items():
            if byte is None:
                units[position] |= 1 << 8
                units[base] = child | 1 << 31
            else:
                units[base ^ byte] = byte
                waiting.append((base ^ byte, child))
    array = struct.pack(f"<{max(units) + 256}I", *(units.get(place, 0) for place in range(max(units) + 256)))
    return struct.pack("<I", len(array)) + array + texts
