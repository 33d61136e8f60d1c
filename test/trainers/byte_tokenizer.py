"""A tokenizer of single bytes, made here: what a chat template needs and nothing that has to be fetched."""

from collections.abc import Mapping, Sequence

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

END_OF_TURN = "<|im_end|>"


def byte_tokenizer(marks: Mapping[str, str], others: Sequence[str] = ()) -> PreTrainedTokenizerFast:
    """A ChatML tokenizer.

    Args:
        marks: control tokens by the attribute under which the processor looks for them.
        others: further control tokens.
    """
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={byte: index for index, byte in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END_OF_TURN,
        pad_token="<|endoftext|>",
        additional_special_tokens=["<|im_start|>", *others],
        extra_special_tokens=dict(marks),
    )
