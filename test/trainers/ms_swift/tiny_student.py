"""A folder that ms-swift takes for MiniCPM-V 4.6, without weights: its real configuration class and image processor.

transformers' processor of 4.6 also wants a video processor, which needs torchvision; nothing here is a video, so the
processor is the real one with that part left out.
"""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from swift.model.models.minicpm import MiniCPMV4_6Loader
from transformers import AutoTokenizer
from transformers.models.minicpmv4_6 import MiniCPMV4_6Config
from transformers.models.minicpmv4_6.image_processing_pil_minicpmv4_6 import MiniCPMV4_6ImageProcessorPil
from transformers.models.minicpmv4_6.processing_minicpmv4_6 import MiniCPMV4_6Processor

from byte_tokenizer import byte_tokenizer

MARKS = {
    "image_token": "<|image_pad|>",
    "video_token": "<|video_pad|>",
    "image_start_token": "<image>",
    "image_end_token": "</image>",
    "slice_start_token": "<slice>",
    "slice_end_token": "</slice>",
    "image_id_start_token": "<image_id>",
    "image_id_end_token": "</image_id>",
}


class ImagesOnlyProcessor(MiniCPMV4_6Processor):
    """The real processor for text and images."""

    def check_argument_for_proper_class(self, argument_name: str, argument: Any) -> type:
        return type(argument)  # or the absent video part would be refused

    @classmethod
    def from_folder(cls, folder: str) -> "ImagesOnlyProcessor":
        no_videos = SimpleNamespace(slice_mode=True, downsample_mode="16x", model_input_names=[])
        image_processor = MiniCPMV4_6ImageProcessorPil.from_pretrained(folder)
        return cls(image_processor, no_videos, AutoTokenizer.from_pretrained(folder))


class TinyStudentLoader(MiniCPMV4_6Loader):
    """ms-swift's loader, which takes the processor above."""

    def get_processor(self, model_dir: str, config: Any) -> ImagesOnlyProcessor:
        return ImagesOnlyProcessor.from_folder(model_dir)


def write_tiny_student(folder: Path) -> Path:
    config = MiniCPMV4_6Config(
        text_config={"model_type": "qwen3_5_text", "num_hidden_layers": 4, "hidden_size": 64},
        vision_config={"num_hidden_layers": 2},
        architectures=["MiniCPMV4_6ForConditionalGeneration"],
    )
    for part in (config, byte_tokenizer(MARKS), MiniCPMV4_6ImageProcessorPil()):
        part.save_pretrained(folder)
    return folder
