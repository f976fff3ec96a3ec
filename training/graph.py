"""Makes an exported ONNX graph small: half-precision weights, equal nodes once, short names.

A runtime opens a graph node by node, and on a GPU that takes seconds: every node that says nothing new is left out.
"""

import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference

# What onnxruntime's WebGPU provider runs itself at this opset; shape arithmetic on the CPU is expected and cheap.
ON_GPU = set(
    """
    Abs Add ArgMax AveragePool Cast Clip Concat Constant ConstantOfShape Conv Cos CumSum Div Equal Exp Expand Flatten
    Gather GatherElements Gemm GreaterOrEqual GridSample Identity LayerNormalization Less Log MatMul Max Mul Neg Not Pad
    Pow Range Reciprocal ReduceMax ReduceMean ReduceSum Relu Reshape Resize Shape Sigmoid Sin Slice Softmax Split Sqrt
    Squeeze Sub Tanh Transpose Unsqueeze Where
    """.split()
)


def share_constants(graph, nodes):
    """Turns Constant nodes into initialisers, equal ones into one, and drops Identity nodes; returns the rest."""
    rest, known, renamed = [], {}, {}
    results = {v.name for v in graph.output}
    for i in graph.initializer:
        known.setdefault(key_of(i), i.name)
    for node in nodes:
        node.input[:] = [renamed.get(n, n) for n in node.input]
        if node.op_type == 'Constant' and node.attribute[0].name == 'value':
            tensor = numpy_helper.from_array(numpy_helper.to_array(node.attribute[0].t), node.output[0])
            if known.setdefault(key_of(tensor), tensor.name) == tensor.name:
                graph.initializer.append(tensor)
            renamed[node.output[0]] = known[key_of(tensor)]
        elif node.op_type == 'Identity' and node.output[0] not in results:
            renamed[node.output[0]] = node.input[0]
        else:
            rest.append(node)
    return rest


def key_of(tensor):
    value = numpy_helper.to_array(tensor)
    return str(value.dtype), value.shape, value.tobytes()


def merge_equal(graph, nodes):
    """Each calculation once: a node with the operator, attributes and inputs of an earlier one gives way to it."""
    rest, known, renamed = [], {}, {}
    results = {v.name for v in graph.output}
    for node in nodes:
        node.input[:] = [renamed.get(n, n) for n in node.input]
        attributes = tuple(sorted(a.SerializeToString() for a in node.attribute))
        key = (node.op_type, node.domain, tuple(node.input), len(node.output), attributes)
        if key in known and not results & set(node.output):
            renamed.update(zip(node.output, known[key]))
            continue
        known.setdefault(key, list(node.output))
        rest.append(node)
    return rest


def drop_unused(graph, nodes):
    """Without nodes and initialisers that no output needs."""
    needed, kept = {v.name for v in graph.output}, []
    for node in reversed(nodes):
        if needed & set(node.output):
            needed.update(node.input)
            kept.append(node)
    used = [i for i in graph.initializer if i.name in needed]
    del graph.initializer[:]
    graph.initializer.extend(used)
    return kept[::-1]


def halved(graph, smallest):
    """Stores float initialisers of at least `smallest` values as fp16; returns the Casts that bring them back."""
    casts = []
    for i in graph.initializer:
        if i.data_type == TensorProto.FLOAT and np.prod(i.dims) >= smallest:
            half, name = numpy_helper.to_array(i).astype(np.float16), i.name
            i.CopyFrom(numpy_helper.from_array(half, name + '_fp16'))
            casts.append(helper.make_node('Cast', [name + '_fp16'], [name], to=TensorProto.FLOAT))
    return casts


def shorten_names(graph):
    """Numbers in place of the exporter's long names, a tenth of the file; inputs and outputs keep theirs."""
    kept = {v.name for v in (*graph.input, *graph.output)} | {''}
    short = {}
    rename = lambda name: name if name in kept else short.setdefault(name, f'v{len(short):x}')
    for i in graph.initializer:
        i.name = rename(i.name)
    del graph.value_info[:]
    for node in graph.node:
        node.ClearField('name')
        node.ClearField('doc_string')
        del node.metadata_props[:]
        node.input[:] = [rename(n) for n in node.input]
        node.output[:] = [rename(n) for n in node.output]


def inferred(model, sizes):
    """Shapes of all values, {name: (type, dims)}, where the inputs' last two axes have the given sizes (h, w)."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    for value in model.graph.input:
        for axis, size in zip(value.type.tensor_type.shape.dim[-2:], sizes[value.name]):
            axis.dim_value = size
    for value in model.graph.output:
        value.type.tensor_type.ClearField('shape')
    graph = shape_inference.infer_shapes(model, data_prop=True).graph
    values = [v for v in (*graph.input, *graph.value_info, *graph.output) if v.type.tensor_type.HasField('shape')]
    dims = lambda value: [d.dim_value if d.HasField('dim_value') else None for d in value.type.tensor_type.shape.dim]
    return {v.name: (v.type.tensor_type.elem_type, dims(v)) for v in values}


def name_sizes(path, grids):
    """Writes into the file which of its values are equally large, whatever the images' size.

    A runtime plans on opening which buffers it can use again, and compares every new value with all that are free. What
    follows a convolution has no size that it knows, so that none fits, the list of free ones grows, and that search takes
    most of the opening: 1,900 nodes in 0.65 s of native processor time, 0.21 s with names. The names are found by inferring
    all shapes for two pairs of images whose sizes share nothing.

    grids: of each input, its image and its stride, as ('a', 16).
    """
    model = onnx.load(path)
    graph, names = model.graph, {}
    pairs = ({'a': (160, 224), 'b': (352, 416)}, {'a': (544, 608), 'b': (736, 928)})
    runs = [inferred(model, {n: [s // stride for s in pair[side]] for n, (side, stride) in grids.items()}) for pair in pairs]

    def info(name):
        kinds, shapes = zip(*(run.get(name, (0, [None])) for run in runs))
        axes = [p if p == q else names.setdefault((p, q), f's{len(names)}') for p, q in zip(*shapes)]
        return None if None in axes else helper.make_tensor_value_info(name, kinds[0], axes)

    for value in (*graph.input, *graph.output):
        value.CopyFrom(info(value.name))
    results = {v.name for v in graph.output}
    known = [info(name) for node in graph.node for name in node.output if name not in results]
    del graph.value_info[:]
    graph.value_info.extend(v for v in known if v and any(d.dim_param for d in v.type.tensor_type.shape.dim))
    onnx.checker.check_model(model)
    onnx.save(model, path)


def shrink(path, smallest=64):
    """Rewrites the file; weights of at least `smallest` values become fp16."""
    model = onnx.load(path)
    graph = model.graph
    nodes = share_constants(graph, list(graph.node))
    nodes = drop_unused(graph, merge_equal(graph, nodes))
    nodes = halved(graph, smallest) + nodes
    del graph.node[:]
    graph.node.extend(nodes)
    shorten_names(graph)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    foreign = {n.op_type for n in graph.node} - ON_GPU
    size = f'{os.path.getsize(path) / 1e6:.2f} MB, {len(nodes)} nodes'
    print(f'{path}: {size}', f'outside the GPU list: {foreign}' if foreign else '')
