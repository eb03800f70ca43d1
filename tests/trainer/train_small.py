"""Trains the small model; the checkpoint's path is the argument. A process that a test may kill."""

from __future__ import annotations

import sys
from pathlib import Path

from assay_trainer.sft import train
from small import PAD, TRAINING, small_examples, small_model

if __name__ == "__main__":
    train(small_model(), small_examples(), PAD, TRAINING, Path(sys.argv[1]))
