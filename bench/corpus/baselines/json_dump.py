"""Write the synthetic rows as MiniCPM-V's JSON lists, one row after the other, looking whether each image is there.

The plain way: ``json.dump`` a row, ``os.path.exists`` its image. ``dumps`` as second argument takes ``json.dumps`` and one
``write`` a row instead, which uses the C encoder. Makes the rows by the rules of ``synthetic/rows.ts``.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

WORD = 2**32
BY_IMAGE, BY_HEAD, BY_TAIL = 2_654_435_761, 2_246_822_519, 3_266_489_917
IMAGES_PER_IMAGE_PROMPT = 6
SPLITS = ["train"] * 8 + ["val", "test"]


def pick(items: list[Any], index: int, multiplier: int) -> Any:
    """Return an item that looks picked at random."""
    return items[index * multiplier % WORD * len(items) // WORD]


def synthetic_rows(pool: dict[str, Any], count: int, blobs: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (split, row) in the order of a corpus."""
    images = -(-count // len(pool["aspects"]))
    for index in range(count):
        aspect = pool["aspects"][index // images]
        image = index % images
        prompt_number = image // IMAGES_PER_IMAGE_PROMPT
        image_prompt = f"{pick(pool['image_prompts'], prompt_number, BY_HEAD)}, variant {prompt_number}"
        head = pick(aspect["heads"], index, BY_HEAD)
        tail = pick(aspect["tails"], index, BY_TAIL)
        word_label = pick(aspect["ratings"], index, BY_IMAGE)["word_label"]
        digest = f"{image * BY_IMAGE % WORD:08x}{image:056x}"
        yield SPLITS[prompt_number % len(SPLITS)], {
            "id": f"synthetic/{aspect['aspect']}/{image:07d}.jpg",
            "image": f"{blobs}/{digest[:2]}/{digest}",
            "conversations": [
                {"role": "user", "content": "<image>\n" + image_prompt.join(aspect["question_parts"])},
                {"role": "assistant", "content": f"{head} This is said of picture {image}. {tail}"},
                {"role": "user", "content": aspect["word_question"]},
                {"role": "assistant", "content": word_label},
            ],
        }


def export(rows: Iterator[tuple[str, dict[str, Any]]], out: Path, use_dumps: bool) -> int:
    """Write a JSON list a split; return the number of rows."""
    files: dict[str, TextIO] = {}
    count = 0
    for split, row in rows:
        if not os.path.exists(row["image"]):
            raise FileNotFoundError(row["image"])
        if split not in files:
            files[split] = open(out / f"{split}.json", "x", encoding="utf-8")
            files[split].write("[\n")
        else:
            files[split].write(",\n")
        if use_dumps:
            files[split].write(json.dumps(row, ensure_ascii=False))
        else:
            json.dump(row, files[split], ensure_ascii=False)
        count += 1
    for file in files.values():
        file.write("\n]\n")
        file.close()
    return count


def main() -> None:
    """Run one task and print its figures as one line of JSON."""
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    use_dumps = sys.argv[2:] == ["dumps"]
    pool = json.loads(Path(task["pool"]).read_text(encoding="utf-8"))
    out = Path(task["out"])
    out.mkdir(parents=True)

    started = time.perf_counter()
    for _ in synthetic_rows(pool, task["rows"], task["blobs"]):
        pass
    generated = time.perf_counter()
    cpu = time.process_time()
    rows = export(synthetic_rows(pool, task["rows"], task["blobs"]), out, use_dumps)
    seconds = time.perf_counter() - generated
    figures = {
        "rows": rows,
        "seconds": seconds,
        "pass_seconds": seconds,
        "generate_seconds": generated - started,
        "cpu_seconds": time.process_time() - cpu,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
