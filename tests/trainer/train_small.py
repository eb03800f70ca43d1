"""Trains the small model; the checkpoint's path is the argument. A process that a test may kill, alone or one of several."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from assay_trainer.parallel import joined
from assay_trainer.sft import train
from small import PAD, TRAINING, small_examples, small_model

if __name__ == "__main__":
    with joined(torch.device("cpu")):
        train(small_model(), small_examples(), PAD, TRAINING, Path(sys.argv[1]))
