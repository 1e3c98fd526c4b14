"""What a graph of TensorFlow holds and does: by this a network that has learnt is told from one that was told.

A graph is looked at as data. Numbers can lie in any of its fields: so all messages in it are walked through, by what
protocol buffers say of their fields, and none is known by its place.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow.python.framework.op_def_registry as registry

FEW = 10_000  # strides, axes and the like, of which there are more where loops of Python take rows one by one
LONG = 400  # letters, beyond which a text may be a table
DEEP = 8  # axes, beyond which a shape may be a table
SMALL = 8  # whole numbers in a tensor that says where to cut or join

GraphDef = tf.compat.v1.GraphDef


def fixed_numbers(definition: GraphDef, free: bool = False) -> int:
    """How many fixed numbers a graph holds.

    With `free`, whole numbers in tensors of a few do not count, if they are few: by these a graph cuts and joins.
    """
    found = _by_kind(definition)
    tensors, values, lists = (found[kind] for kind in ("TensorProto", "AttrValue", "ListValue"))
    sizes = [(_size(tensor), tf.as_dtype(tensor.dtype).is_integer) for tensor in tensors]
    places = sum(size for size, is_whole in sizes if is_whole and size <= SMALL)
    texts = [text for tensor in tensors for text in tensor.string_val]
    texts += [*(value.s for value in values), *(text for some in lists for text in some.s)]
    whole = sum(len(some.i) + len(some.b) + len(some.type) + len(some.func) for some in lists)
    axes = sum(len(value.shape.dim) for value in values) + sum(len(one.dim) for some in lists for one in some.shape)
    wires = sum(len(node.input) for node in found["NodeDef"])  # a list of them can be a table of a few constants
    single = len({getattr(value, kind) for value in values for kind in ("f", "i") if value.HasField(kind)})
    return (
        sum(size for size, _ in sizes)
        - (places if free and places <= FEW else 0)
        + sum(len(some.f) for some in lists)
        + sum(len(text) // 4 for text in texts if len(text) > LONG)  # a text can hold numbers, too
        + (whole if whole > FEW else 0)
        + (axes if axes > FEW else 0)
        + (wires if wires > 2 * FEW else 0)
        + (single if single > 100 else 0)  # slopes of leaky units and the like, of which a network has a few
    )


def _size(tensor: Any) -> int:
    """How many numbers a tensor holds, by its shape and by what is written; a shape may hold some itself."""
    shape = [axis.size for axis in tensor.tensor_shape.dim]
    product = max(int(np.prod(shape, dtype=float)), 0)
    written = sum(len(listed) for field, listed in tensor.ListFields() if field.name.endswith("_val"))
    packed = len(tensor.tensor_content) // max(tf.as_dtype(tensor.dtype).size or 1, 1)
    axes = sum(size > 1 for size in shape) if product == 0 or len(shape) > DEEP else 0
    return max(product, written, packed) + axes


def more_than_computes(definition: GraphDef) -> str | None:
    """What a graph does besides computing, if anything.

    It may keep something for the next time, read a file, call Python or a function that is not in it, or hold what is
    no number.
    """
    harmless = (  # what they keep is a weight, or of random numbers, or gone at the end; or they write, and never read
        r"Assert|CheckNumerics(V2)?|Print(V2)?|ReadVariableOp|ResourceGather(Nd)?|StatefulPartitionedCall|While|If|Case|"
        r"TensorArray\w+|CudnnRNN\w*|"
        r"Random(Crop|Gamma|Poisson\w*|Shuffle|StandardNormal|Uniform\w*)|(Parameterized)?TruncatedNormal|Multinomial"
    )
    found = _by_kind(definition)
    own = {function.signature.name for function in definition.library.function}
    for name in sorted({node.op for node in found["NodeDef"]}):
        known = registry.get(name)  # none for a function of the graph's own
        reads = known is not None and any(argument.type == tf.string.as_datatype_enum for argument in known.input_arg)
        keeps = known is not None and known.is_stateful
        if "PyFunc" in name or name == "ImmutableConst" or ((keeps or reads) and not re.fullmatch(harmless, name)):
            return name
        if known is None and name not in own:
            return name
    for function in found["NameAttrList"]:
        if function.name and function.name not in own:
            return function.name
    for tensor in found["TensorProto"]:
        if tensor.dtype in (tf.variant.as_datatype_enum, tf.resource.as_datatype_enum):
            return f"a constant of the type {tf.as_dtype(tensor.dtype).name}"
    return None


def _by_kind(message: Any) -> dict[str, list]:
    """All messages within one, by the names of their types."""
    found: dict[str, list] = defaultdict(list)
    for part in _within(message):
        found[part.DESCRIPTOR.name].append(part)
    return found


def _within(message: Any) -> Iterator[Any]:
    """A message and all below it, whatever fields, lists and maps they lie in."""
    waiting = [message]
    while waiting:
        yield (one := waiting.pop())
        for field, value in one.ListFields():
            if field.message_type is not None:
                several = [value] if hasattr(value, "ListFields") else value
                several = several.values() if hasattr(several, "values") else several
                waiting += [part for part in several if hasattr(part, "ListFields")]
