"""What LLaMA-Factory's template `minicpm_v` asks of a processor, as small as it can be.

The real ones (MiniCPM-V 2.6, 4 and 4.5) are code on the hub. This one makes no slices: what is under test is which
images reach it and what the template puts around them.
"""

from typing import Any

from PIL import Image
from transformers import PreTrainedTokenizerFast

from byte_tokenizer import byte_tokenizer

IMAGE_PLACE = "<image><unk></image>"


class WholeImageProcessor:
    """Keeps the size of each image it was given."""

    max_slice_nums = 9
    use_image_id = False

    def __call__(self, images: list[list[Image.Image]] | list[Image.Image], **_: Any) -> dict[str, Any]:
        flat = [image for part in images for image in (part if isinstance(part, list) else [part])]
        return {"image_sizes": [[image.size for image in flat]]}

    def get_slice_image_placeholder(self, size: tuple[int, int], *_: Any) -> str:
        return IMAGE_PLACE


class TinyProcessor:
    """Tokenizer and image processor under the names that the template looks for."""

    def __init__(self) -> None:
        self.tokenizer: PreTrainedTokenizerFast = byte_tokenizer({}, ["<image>", "</image>", "<unk>"])
        self.image_processor = WholeImageProcessor()
