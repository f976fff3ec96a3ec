"""Writes encoder.onnx, decoder.onnx, manifest.json and a reference of inputs and outputs from a stage-2 checkpoint.

Weights are stored as fp16 and cast to fp32 where they are used, which runtimes fold away on loading: the files are half
as large and all arithmetic stays fp32.
"""

import argparse
import hashlib
import inspect
import json
import os
import subprocess

import numpy as np
import torch
import torch.nn.functional as F

from graph import name_sizes, shrink
from train_decoder import Stage2

OPSET = 17
FEATURES = {'f16': (16, 128), 'l16': (16, 64), 'l8': (8, 64), 'l4': (4, 32), 'f1': (1, 3)}
INPUTS = {'a16': 'a.f16', 'al16': 'a.l16', 'al8': 'a.l8', 'al4': 'a.l4', 'b16': 'b.f16', 'b1': 'b.f1'}


# Newer versions export by another way unless told; this one keeps the graph as it is traced.
LEGACY = {'dynamo': False} if 'dynamo' in inspect.signature(torch.onnx.export).parameters else {}


def file_entry(folder, name):
    data = open(os.path.join(folder, name), 'rb').read()
    return {'file': name, 'bytes': len(data), 'sha256': hashlib.sha256(data).hexdigest()}


def manifest(folder):
    encoder = {**file_entry(folder, 'encoder.onnx'), 'input': 'image'}
    encoder['outputs'] = [{'name': n, 'stride': s, 'channels': c} for n, (s, c) in FEATURES.items()]
    outputs = {'warp': 'warp', 'certaintyLogit': 'certainty_logit'}
    decoder = {**file_entry(folder, 'decoder.onnx'), 'inputs': INPUTS, 'outputs': outputs, 'stride': 4}
    size = {'sizing': 'keep-aspect', 'multipleOf': 32, 'defaultLongSide': 448, 'minSide': 64, 'maxLongSide': 1024}
    return {
        'schema': 'liftmatch-matcher/1',
        'id': 'embedded',
        'name': 'Small lifted matcher',
        'licence': 'MIT',
        'source': 'Trained for this project on synthetic views of free photos and procedural textures, see training/',
        'description': 'Ships with the app: matches globally, keeps what neighbours agree on, then aligns and refines.',
        'passes': [{'input': {**size, 'mean': [0, 0, 0], 'std': [1, 1, 1]}, 'encoder': encoder, 'decoder': decoder}],
        'verdict': {'certainty': 0.3, 'cycleShare': 0.015, 'none': 0.06, 'good': 0.3},
        'subpixel': True,
    }


def reference_images():
    """Two smooth random images (1, 3, 128, 160); the second is the first, moved."""
    g = torch.Generator().manual_seed(0)
    image = torch.zeros(1, 3, 128, 160)
    for knots in (5, 11, 23, 47):
        image += F.interpolate(torch.rand(1, 3, knots, knots, generator=g), (128, 160), mode='bicubic', align_corners=True) / 4
    image = (image * 255).round().clamp(0, 255) / 255
    return image, torch.roll(image, (4, -6), (2, 3))


def record_check(folder):
    """Writes the manifest's `check`, which the page compares a GPU's outputs with: the pair is made in TypeScript alone."""
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
    command = ['npx', '--no-install', 'tsx', 'scripts/record-check.ts', os.path.abspath(folder)]
    try:
        subprocess.run(command, cwd=root, check=True)
    except (OSError, subprocess.CalledProcessError):
        print(f'The manifest has no reference outputs yet. After "npm install": {" ".join(command)}')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--checkpoint', required=True)
    parser.add_argument('--out', default='../public/models/embedded')
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    model = Stage2()
    model.load_state_dict(torch.load(options.checkpoint, map_location='cpu')['average'])
    with torch.no_grad():  # the reference must see the same rounded weights as the files
        for p in model.parameters():
            if p.numel() >= 64:
                p.copy_(p.half().float())
    model.eval()
    encoder, decoder = model.encoder, model.decoder
    unique = {id(p): p.numel() for p in model.parameters()}
    stored = sum(p.numel() for m in (encoder, decoder) for p in m.parameters())
    print(f'{sum(unique.values()):,} parameters; {stored:,} with the local encoder in both files')
    a, b = reference_images()
    with torch.no_grad():
        f, g = encoder(a), encoder(b)
        inputs = (*f[:4], g[0], g[4])
        warp, certainty = decoder(*inputs)
    free = lambda name: {2: f'h_{name}', 3: f'w_{name}'}
    for module, args, names, outputs, file in (
        (encoder, (a,), ['image'], list(FEATURES), 'encoder.onnx'),
        (decoder, inputs, list(INPUTS), ['warp', 'certainty_logit'], 'decoder.onnx'),
    ):
        path = os.path.join(options.out, file)
        dynamic = {n: free(n) for n in names + outputs}
        torch.onnx.export(module, args, path, opset_version=OPSET, input_names=names, output_names=outputs, dynamic_axes=dynamic, **LEGACY)
        shrink(path)
        if module is decoder:
            name_sizes(path, {n: (source[0], FEATURES[source[2:]][0]) for n, source in INPUTS.items()})
    with open(os.path.join(options.out, 'manifest.json'), 'w') as file:
        json.dump(manifest(options.out), file, indent=2)
        file.write('\n')
    images = np.concatenate([(t * 255).round().byte().numpy().ravel() for t in (a, b)])
    results = np.concatenate([t.numpy().ravel() for t in (warp, certainty)]).astype('<f4')
    with open(os.path.join(options.out, 'reference.bin'), 'wb') as file:
        file.write(images.tobytes() + results.tobytes())
    entries = {'image_a': ('uint8, divide by 255', a), 'image_b': ('uint8, divide by 255', b)}
    entries |= {'warp': ('float32', warp), 'certainty_logit': ('float32', certainty)}
    layout = {k: {'type': t, 'shape': list(v.shape)} for k, (t, v) in entries.items()}
    with open(os.path.join(options.out, 'reference.json'), 'w') as file:
        json.dump({'file': 'reference.bin', 'order': layout}, file, indent=2)
        file.write('\n')
    record_check(options.out)


if __name__ == '__main__':
    main()
