"""Reads the weights of an exported matcher back into a PyTorch Stage2, so that training can go on from what ships.

An exported file has no parameter names left. But a forward pass calls the layers in the order in which the graph's nodes
stand, so the n-th new layer of a kind and the n-th new initialiser of that kind belong together.

  python3 exported.py ../public/models/embedded --out runs/embedded.pt     writes and compares with the recorded reference
"""

import argparse
import json
import os

import numpy as np
import onnx
import torch
import torch.nn as nn
from onnx import numpy_helper

from train_decoder import Stage2

KINDS = {nn.Conv2d: 'Conv', nn.Linear: 'MatMul', nn.LayerNorm: 'LayerNormalization'}


def graph_weights(path):
    """Weights of the graph's layers by operator, each once and in order of first use: lists of (weight, bias).

    The bias of a MatMul is what the Add after it adds. 'Exp' and 'Scale' list lone scalars under an exponential, and
    those that a joined sine and cosine are multiplied by.
    """
    graph = onnx.load(path).graph
    values = {i.name: numpy_helper.to_array(i).astype(np.float32) for i in graph.initializer if i.data_type in (1, 10)}
    alias, made_by, users = {}, {}, {}
    for node in graph.node:
        if node.op_type in ('Cast', 'Identity') and alias.get(node.input[0], node.input[0]) in values:
            alias[node.output[0]] = alias.get(node.input[0], node.input[0])
        for name in node.output:
            made_by[name] = node
        for name in node.input:
            users.setdefault(name, []).append(node)
    stored = lambda name: alias.get(name, name) if alias.get(name, name) in values else None
    out = {kind: {} for kind in (*KINDS.values(), 'Exp', 'Scale')}
    for node in graph.node:
        names, kind = [stored(n) for n in node.input], node.op_type
        # A convolution without a bias is no layer of the network but a fixed sum.
        if kind in ('Conv', 'LayerNormalization') and len(names) == 3:
            out[kind].setdefault(names[1], (values[names[1]], values[names[2]]))
        elif kind == 'MatMul' and names[1]:
            add = next(n for n in users[node.output[0]] if n.op_type == 'Add')
            bias = next(stored(n) for n in add.input if stored(n))
            out[kind].setdefault(names[1], (values[names[1]].T, values[bias]))
        elif kind == 'Exp' and names[0] and values[names[0]].size == 1:
            out[kind].setdefault(names[0], values[names[0]])
        elif kind == 'Mul' and made_by.get(node.input[0]) and names[1]:
            source = made_by[node.input[0]]
            if source.op_type == 'Concat' and {made_by[n].op_type for n in source.input if n in made_by} == {'Sin', 'Cos'}:
                out['Scale'].setdefault(names[1], values[names[1]])
    return {kind: list(found.values()) for kind, found in out.items()}


@torch.no_grad()
def fill(module, inputs, weights):
    """Runs the module once and gives its layers, in the order of their first call, the listed weights."""
    order, hooks = {kind: [] for kind in KINDS.values()}, []

    def note(layer, *_):
        layers = order[KINDS[type(layer)]]
        if not any(layer is known for known in layers):
            layers.append(layer)

    for layer in module.modules():
        if type(layer) in KINDS:
            hooks.append(layer.register_forward_pre_hook(note))
    module(*inputs)
    for hook in hooks:
        hook.remove()
    for kind, layers in order.items():
        if len(layers) != len(weights[kind]):
            raise ValueError(f'the network has {len(layers)} layers of kind {kind}, the file {len(weights[kind])}')
        for layer, (weight, bias) in zip(layers, weights[kind]):
            layer.weight.copy_(torch.from_numpy(weight.copy()))
            layer.bias.copy_(torch.from_numpy(bias.copy()))


def load_exported(folder):
    """Stage2 with the weights of `folder`'s encoder.onnx and decoder.onnx. @throws ValueError where they do not fit"""
    model = Stage2().eval()
    image = torch.zeros(1, 3, 64, 64)
    fill(model.encoder, (image,), graph_weights(os.path.join(folder, 'encoder.onnx')))
    weights = graph_weights(os.path.join(folder, 'decoder.onnx'))
    with torch.no_grad():
        features = model.encoder(image)
        fill(model.decoder, (*features[:4], features[0], features[4]), weights)
        scalars = [model.decoder.coarse.log_temperature]
        scalars += [model.decoder.refiners[k].log_temperature for k in ('16', '8', '4')]
        if len(weights['Exp']) != len(scalars) or len(weights['Scale']) != 1:
            raise ValueError('the decoder has other scalars than this network')
        for mine, value in zip((*scalars, model.decoder.context.strength), (*weights['Exp'], *weights['Scale'])):
            mine.copy_(torch.from_numpy(value.reshape(())))
    return model


def recorded(folder):
    """Images, warp and certainty logit (tensors) of the folder's reference.json."""
    layout = json.load(open(os.path.join(folder, 'reference.json')))
    data, out = open(os.path.join(folder, layout['file']), 'rb').read(), {}
    for name, entry in layout['order'].items():
        kind = np.dtype(np.uint8 if entry['type'].startswith('uint8') else '<f4')
        count = int(np.prod(entry['shape']))
        out[name] = torch.from_numpy(np.frombuffer(data, kind, count).reshape(entry['shape']).astype(np.float32))
        data = data[count * kind.itemsize :]
    return out['image_a'] / 255, out['image_b'] / 255, out['warp'], out['certainty_logit']


@torch.no_grad()
def difference(model, folder):
    """Largest differences of warp and certainty logit from the folder's reference."""
    a, b, warp, certainty = recorded(folder)
    f, g = model.encoder(a), model.encoder(b)
    found = model.decoder(*f[:4], g[0], g[4])
    return [(x - y).abs().max().item() for x, y in zip(found, (warp, certainty))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('model', help='folder with encoder.onnx, decoder.onnx and reference.json')
    parser.add_argument('--out', required=True)
    options = parser.parse_args()
    model = load_exported(options.model)
    print('largest difference from the reference: warp %.2g, certainty logit %.2g' % tuple(difference(model, options.model)))
    os.makedirs(os.path.dirname(options.out) or '.', exist_ok=True)
    torch.save({'average': model.state_dict(), 'step': 0}, options.out)


if __name__ == '__main__':
    main()
