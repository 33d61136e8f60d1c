"""``python -m retort_scorer``: see ``--help``."""

import argparse
import os
import sys
import warnings
from pathlib import Path

EPILOG = """\
commands, one JSON object each; events come back as one JSON object a line on stdout, text for people on stderr:
  {"command":"encode","id":1,"feature_store":"features","images":"images.jsonl","encoder":"embedded","threads":2}
      images.jsonl: {"image_hash":"sha256:…","path":"a.jpg","image_prompt":"a cat"} a line
  {"command":"fit","id":2,"feature_store":"features","rows":"rows.jsonl","aspects":["quality"],"out":"fit","config":{},"threads":2}
      rows.jsonl: {"sample_name":"a.jpg","image_hash":"sha256:…","image_prompt":"a cat","generator":"sd1.5",
                   "generator_setting":"sd1.5_normal","split":"train","mos":{"quality":3.2}} a line, MOS on 0–5
  {"command":"predict","id":3,"checkpoint":"fit/scorer.safetensors","feature_store":null,"images":"new.jsonl","out":"scores.jsonl"}
      new.jsonl: {"image":"a.jpg","path":"a.jpg","image_prompt":null} a line
  {"command":"benchmark","id":4,"rows":"rows.jsonl","predictions":"theirs.jsonl","stored":null,"out":"benchmark.json"}
      theirs.jsonl: {"sample_name":"a.jpg","aspect":"quality","method":"theirs","predicted_mos":3.1,"seed":null,
                     "fold":"1","split":null,"protocol":null} a line
  {"command":"evaluate","id":5,"checkpoint":"fit/scorer.safetensors","feature_store":"features","rows":"theirs.jsonl",
   "images":"images.jsonl","work":"evaluations","train_predictor":true,"out":"evaluation.json"}
      theirs.jsonl: as the rows of fit, whose splits mean nothing here; images.jsonl: as of encode
  {"command":"train-baseline","id":5,"baseline":"resnet50","rows":"rows.jsonl","aspect":"quality","work":"work","out":"resnet50.csv"}
      rows.jsonl: as above, each line with its "image_path":"a.jpg"
  {"command":"finetune","id":6,"feature_store":"features","rows":"rows.jsonl","images":"images.jsonl","aspects":["quality"],
   "stages":1,"work":"work","out":"tuned-stages.safetensors"}
  {"command":"pack","id":7,"checkpoint":"fit/scorer.safetensors","out":"my-scorer"}

examples:
  python -m retort_scorer serve                 commands on stdin until it ends
  python -m retort_scorer run command.json      one command from a file, then exit 0, or 1 when it failed
"""


def main() -> int:
    """Parse the arguments and run; torch is imported only when there is something to do."""
    parser = argparse.ArgumentParser(
        prog="python -m retort_scorer",
        description="Encodes images, fits heads that predict MOS, predicts.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    modes = parser.add_subparsers(dest="mode", required=True, metavar="serve | run FILE")
    modes.add_parser("serve", help="run commands from stdin")
    modes.add_parser("run", help="run the command in FILE").add_argument("file", type=Path)
    arguments = parser.parse_args()
    # One thread an operation: two runs then give the same bits, and work is shared out an image or an aspect a core.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    from .protocol import claim_stdout

    events = claim_stdout()
    warnings.simplefilter("ignore", category=UserWarning)
    import torch

    from .freed_memory import keep_freed_memory
    from .serve import run_line, serve, stop_on_signals

    torch.set_num_threads(1)
    keep_freed_memory()
    if arguments.mode == "serve":
        return serve(events, open(0, encoding="utf-8", closefd=False))
    run_line(arguments.file.read_text(encoding="utf-8"), events, stop_on_signals().is_set)
    return 1 if events.failures else 0


if __name__ == "__main__":
    sys.exit(main())
