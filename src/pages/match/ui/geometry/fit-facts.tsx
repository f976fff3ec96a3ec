import { Failure } from '../../../../ui/failure.tsx';
import { useState } from 'react';
import type { FitResult } from '../../contract/geometry-fit.ts';
import { type PlainError, toPlainError } from '../../../../core/errors.ts';
import type { Matrix3 } from '../../../../core/matrix3.ts';
import { milliseconds, whole } from '../../../../ui/format.ts';
import { saveFile } from '../../../../ui/save-file.ts';
import { useWorkspace } from '../workspace-context.ts';

const MATRIX = {
  homography: 'H, pixels of A to pixels of B',
  fundamental: 'F, pixels of both photos',
  essential: 'E, rays of both cameras',
};
const SOURCES = { known: 'measured', set: 'set here', exif: 'from EXIF', assumed: 'assumed' };

/** The numbers of a fit, and a file with all of them. */
export function FitFacts({ fit }: { fit: FitResult }) {
  const { cameras, timings, iterations } = fit;
  return (
    <>
      <figure className="matrix">
        <figcaption className="hint">{MATRIX[fit.model]}</figcaption>
        <MatrixTable matrix={fit.matrix} />
      </figure>
      <dl className="facts">
        {cameras && (
          <>
            <dt>Turn</dt>
            <dd>{cameras.turn.toFixed(1)}°</dd>
            <dt>Moved towards</dt>
            <dd>{direction(cameras)}</dd>
            <dt>Parallax</dt>
            <dd>{cameras.parallax.toFixed(1)}° between the rays</dd>
            <dt>Focal lengths</dt>
            <dd>
              {(['a', 'b'] as const)
                .map((side) => {
                  const { focal, source } = cameras.intrinsics[side];
                  return `${side.toUpperCase()} ${whole(focal)} px (${SOURCES[source]})`;
                })
                .join(', ')}
            </dd>
          </>
        )}
        <dt>Search</dt>
        <dd>
          {whole(iterations)} samples, {milliseconds(timings.fit)}
        </dd>
      </dl>
      <SaveFit />
    </>
  );
}

function MatrixTable({ matrix }: { matrix: Matrix3 }) {
  return (
    <table>
      <tbody>
        {[0, 3, 6].map((row) => (
          <tr key={row}>
            {matrix.slice(row, row + 3).map((value, k) => (
              <td key={k}>{Math.abs(value) >= 1e-3 || value === 0 ? value.toPrecision(4) : value.toExponential(2)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Camera B's place as seen from A, in words and shares: −Rᵀt. */
function direction({ rotation: r, translation: t }: NonNullable<FitResult['cameras']>): string {
  const [x, y, z] = [0, 1, 2].map((k) => -(r[k] * t[0] + r[3 + k] * t[1] + r[6 + k] * t[2]));
  const parts: [number, string][] = [
    [x, x > 0 ? 'right' : 'left'],
    [y, y > 0 ? 'down' : 'up'],
    [z, z > 0 ? 'forward' : 'back'],
  ];
  return parts
    .filter(([value]) => Math.abs(value) > 0.15)
    .sort(([p], [q]) => Math.abs(q) - Math.abs(p))
    .map(([value, word]) => `${word} ${Math.abs(value).toFixed(2)}`)
    .join(', ');
}

function SaveFit() {
  const { geometry } = useWorkspace();
  const [error, setError] = useState<PlainError | null>(null);
  const save = async () => {
    setError(null);
    try {
      const { blob, name } = await geometry.save('json');
      saveFile(blob, name);
    } catch (thrown) {
      setError(toPlainError(thrown));
    }
  };
  return (
    <>
      <button type="button" className="button" onClick={() => void save()}>
        Save fit as JSON
      </button>
      {error && <Failure error={error} />}
    </>
  );
}
