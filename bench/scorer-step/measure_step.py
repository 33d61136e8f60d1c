"""Measure training steps of one xLSTM stack, in a process of its own: ``measure_step.py WHICH < task.json > figures.json``.

WHICH is ``official`` (the package's stack, backend vanilla), ``official-kept`` (the same, with freed memory kept as ours does)
or ``ours``. A step is forward and backward, gradients of the input and of all weights; what an optimiser does is the same for
both and left out. Weights are the official initialisation on both sides.
"""

import ctypes
import json
import resource
import sys
import time

import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile

from retort_scorer.freed_memory import keep_freed_memory
from retort_scorer.xlstm.official_weights import from_official
from retort_scorer.xlstm.shape import XlstmShape
from retort_scorer.xlstm.stack import XlstmStack

WARM_UP_STEPS = 2


def official_stack(task: dict) -> nn.Module:
    import xlstm

    mlstm = xlstm.mLSTMLayerConfig(
        conv1d_kernel_size=task["conv_kernel"], qkv_proj_blocksize=task["qkv_block_size"], num_heads=task["num_heads"]
    )
    slstm = xlstm.sLSTMLayerConfig(backend="vanilla", conv1d_kernel_size=task["conv_kernel"], num_heads=task["num_heads"])
    config = xlstm.xLSTMBlockStackConfig(
        mlstm_block=xlstm.mLSTMBlockConfig(mlstm=mlstm),
        slstm_block=xlstm.sLSTMBlockConfig(
            slstm=slstm, feedforward=xlstm.FeedForwardConfig(proj_factor=task["ff_factor"], act_fn="gelu")
        ),
        context_length=task["steps"],
        num_blocks=task["num_blocks"],
        embedding_dim=task["d_model"],
        slstm_at=list(task["slstm_at"]),
    )
    return xlstm.xLSTMBlockStack(config)


def our_stack(task: dict) -> nn.Module:
    names = ("d_model", "num_blocks", "num_heads", "conv_kernel", "qkv_block_size", "ff_factor")
    shape = XlstmShape(slstm_at=tuple(task["slstm_at"]), **{name: task[name] for name in names})
    weights = from_official(official_stack(task).state_dict(), shape)  # drawn first, as on the other side
    stack = XlstmStack(shape)
    stack.load_state_dict(weights)
    return stack


def train_step(stack: nn.Module, x: torch.Tensor, grad: torch.Tensor) -> torch.Tensor:
    x.grad = None
    stack.zero_grad(set_to_none=True)
    y = stack(x)
    y.backward(grad)
    return y.detach()


def memory_bytes(name: str) -> int:
    """``VmRSS``, resident now, or ``VmHWM``, the most there was since it was last reset."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name)) * 1024


def give_back_freed_memory() -> None:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; what it leaves makes a step look smaller, on both sides
    if trim is not None:
        trim(0)


def tensor_bytes(stack: nn.Module, x: torch.Tensor, grad: torch.Tensor) -> int:
    """Most bytes of tensors that a step has alive at once, beyond those it began with: by torch's allocator, the same each time."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
        train_step(stack, x, grad)
    changes = [event for event in profiled.profiler.kineto_results.events() if event.name() == "[memory]"]
    alive = most = 0
    for change in sorted(changes, key=lambda event: event.start_ns()):
        alive += change.nbytes()
        most = max(most, alive)
    return most


def reset_peak() -> None:
    with open("/proc/self/clear_refs", "w", encoding="ascii") as refs:
        refs.write("5")


def measure(which: str, task: dict) -> dict:
    torch.set_num_threads(task["threads"])
    torch.manual_seed(1)
    if which != "official":
        keep_freed_memory()
    stack = our_stack(task) if which == "ours" else official_stack(task)
    shape = task["batch"], task["steps"], task["d_model"]
    torch.manual_seed(2)  # the two stacks drew differently often
    x, grad = torch.randn(shape, requires_grad=True), torch.randn(shape)
    loaded = memory_bytes("VmRSS")
    reset_peak()
    # Libraries load and compile their kernels by size at first use: that is theirs, not the step's.
    train_step(stack, x, grad)
    first = memory_bytes("VmHWM")
    x.grad = None
    stack.zero_grad(set_to_none=True)
    give_back_freed_memory()
    ready = memory_bytes("VmRSS")
    reset_peak()
    for _ in range(WARM_UP_STEPS):
        y = train_step(stack, x, grad)
    before, seconds = resource.getrusage(resource.RUSAGE_SELF), []
    for _ in range(task["repeats"]):
        started = time.perf_counter()
        train_step(stack, x, grad)
        seconds.append(time.perf_counter() - started)
    after, peak = resource.getrusage(resource.RUSAGE_SELF), memory_bytes("VmHWM")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "seconds": sorted(seconds)[len(seconds) // 2],
        "cpu_seconds": cpu / len(seconds),
        "step_bytes": peak - ready,
        "model_bytes": max(first, peak) - loaded,
        "tensor_bytes": tensor_bytes(stack, x, grad),
        "checksum": float(y.double().abs().mean()),
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], json.load(sys.stdin))))
