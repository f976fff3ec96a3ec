"""Re-projects samples of a dataset that `npm run lift` wrote: python3 scripts/check_sample.py DIR (needs NumPy).

The same check as scripts/check-sample.ts, in the language that will read the files.
"""

import pathlib
import sys

import numpy as np

LIMIT = 0.05  # pixels


def to_pixels(warp):
    """[2, h, w] normalised (align_corners = false) to pixels, the first pixel's centre at (0.5, 0.5)."""
    _, height, width = warp.shape
    return np.stack([(warp[0] + 1) * width / 2, (warp[1] + 1) * height / 2])


def project(depth, camera, other, rotation, translation):
    """Places [2, h, w] where a camera with the K `other` sees what this one sees at `depth`."""
    height, width = depth.shape
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    rays = np.einsum("ij,jhw->ihw", np.linalg.inv(camera), np.stack([x, y, np.ones_like(x)]))
    points = np.einsum("ij,jhw->ihw", rotation, rays * depth) + translation[:, None, None]
    seen = np.einsum("ij,jhw->ihw", other, points)
    with np.errstate(divide="ignore", invalid="ignore"):
        return seen[:2] / seen[2]


def largest_error(places, warp, mask):
    distance = np.linalg.norm(places - to_pixels(warp), axis=0)[mask]
    return float(distance.max()) if distance.size else 0.0


def check(folder, name):
    depth1, depth2, camera, pose = (
        np.load(folder / kind / f"{name}.npy").astype(np.float64) for kind in ("depth1", "depth2", "cams", "ext")
    )
    truth = np.load(folder / "warp" / f"{name}.npz")
    rotation, translation = pose[:, :3], pose[:, 3]
    other = truth["K_b"].astype(np.float64)  # differs from cams where a frame was saved with a zoom
    forward = project(depth1, camera, other, rotation, translation)
    backward = project(depth2, other, camera, rotation.T, -rotation.T @ translation)
    return (
        int(truth["visible"].sum()),
        largest_error(forward, truth["warp"], truth["visible"] == 1),
        largest_error(backward, truth["warp_ba"], truth["visible_b"] == 1),
    )


def main():
    folder = pathlib.Path(sys.argv[1])
    names = sorted(path.stem for path in (folder / "warp").glob("*.npz"))
    worst = 0.0
    for name in names:
        visible, forward, backward = check(folder, name)
        worst = max(worst, forward, backward)
        print(f"{name}: {visible} places, at most {forward:.1e} px, back {backward:.1e} px")
    if not names or worst > LIMIT:
        sys.exit("wrong")


if __name__ == "__main__":
    main()
