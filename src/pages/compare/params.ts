import { zoomParam } from '../../platform/params/camera.ts';
import {
  choice,
  coded,
  defaultsOf,
  number,
  optionalNumber,
  type ParamTable,
  seed,
  toggle,
} from '../../platform/params/params.ts';
import type { ScoreProtocol, SlotPair } from './contract.ts';
import { SCORE_PROTOCOLS, SLOTS } from './contract.ts';
import type { ComparePage, CompareSettings } from './settings.ts';
import { COMPARE_PAGES, MAX_COLUMNS } from './settings.ts';

const PAGE_LABELS: Record<ComparePage, string> = {
  components: 'PCA',
  similarity: 'Similarity',
  clusters: 'Clusters',
  neighbours: 'Neighbours',
  scores: 'Scores',
};

const PROTOCOL_LABELS: Record<ScoreProtocol, string> = {
  covisible: 'All covisible places',
  'probe3d-navi': 'Probe3D (NAVI)',
  'probe3d-scannet': 'Probe3D (ScanNet)',
};

const isPair = ([first, second, ...more]: readonly string[]): boolean => {
  const slots: readonly string[] = SLOTS;
  return more.length === 0 && slots.includes(first) && slots.includes(second) && first !== second;
};

/** What is compared, and how it is drawn. */
export const COMPARE_PARAMS = {
  page: choice<ComparePage>({
    address: 'tab',
    label: 'Shown',
    default: 'components',
    options: COMPARE_PAGES.map((value) => ({ value, label: PAGE_LABELS[value] })),
  }),
  fit: choice<CompareSettings['fit']>({
    address: 'fit',
    label: 'Fitted to',
    default: 'joint',
    options: [
      { value: 'joint', label: 'All photos' },
      { value: 'per-photo', label: 'Each photo' },
    ],
  }),
  mask: choice<CompareSettings['mask']>({
    address: 'mask',
    label: 'Foreground, by the first component',
    default: 'none',
    options: [
      { value: 'none', label: 'All' },
      { value: 'high', label: 'High' },
      { value: 'low', label: 'Low' },
    ],
  }),
  protocol: choice<ScoreProtocol>({
    address: 'protocol',
    label: 'Protocol',
    default: 'covisible',
    options: SCORE_PROTOCOLS.map((value) => ({ value, label: PROTOCOL_LABELS[value] })),
  }),
  upsampling: choice<CompareSettings['upsampling']>({
    address: 'upsampling',
    label: 'Between places',
    default: 'nearest',
    options: [
      { value: 'nearest', label: 'Nearest' },
      { value: 'bilinear', label: 'Bilinear' },
    ],
  }),
  encoders: coded<string[] | null>({
    address: 'encoders',
    label: 'Encoders, a column each',
    default: null,
    form: `up to ${MAX_COLUMNS} ids with commas between`,
    read: (written) => {
      const ids = written.split(',').filter(Boolean);
      return ids.length > 0 ? [...new Set(ids)].slice(0, MAX_COLUMNS) : undefined;
    },
    write: (ids) => ids?.join(',') ?? '',
  }),
  longSide: number({
    address: 'size',
    label: 'Input size',
    default: 448,
    range: [224, 1036],
    step: 1,
    digits: 0,
    unit: ' px',
    help: 'Longer side, rounded to what each encoder takes; installed networks have a size of their own.',
  }),
  clusters: number({ address: 'k', label: 'Clusters', default: 8, range: [2, 20], step: 1, digits: 0 }),
  seed: seed({ address: 'seed', label: 'Seed of the clusters', default: 1 }),
  bestPlaces: number({ address: 'best', label: 'Best places', default: 1, range: [1, 10], step: 1, digits: 0 }),
  exclusion: number({
    address: 'apart',
    label: 'Apart by',
    default: 2,
    range: [0, 10],
    step: 1,
    digits: 0,
    unit: ' places',
  }),
  maxRatio: number({
    address: 'ratio',
    label: 'Distance ratio at most',
    default: 1,
    range: [0.5, 1],
    step: 0.01,
    digits: 2,
    help: 'Nearest over second nearest: lower keeps only what has no rival.',
  }),
  lines: number({ address: 'lines', label: 'Lines at most', default: 100, range: [10, 1000], step: 10, digits: 0 }),
  opacity: number({ address: 'opacity', label: 'Opacity', default: 1, range: [0.1, 1], step: 0.05, digits: 2 }),
  align: toggle({
    address: 'align',
    label: 'Align colours',
    default: true,
    help: 'Turns the components towards the first column’s, so that colours mean the same.',
  }),
  showsGrid: toggle({ address: 'grid', label: 'Grid of places', default: false }),
  temperature: optionalNumber({
    address: 'temperature',
    label: 'Temperature',
    range: [0.01, 0.5],
    step: 0.01,
    digits: 2,
    isExact: true,
    otherwise: 'the cosine itself is shown',
  }),
  between: coded<SlotPair>({
    address: 'between',
    label: 'Between photos',
    default: ['a', 'b'],
    form: 'two letters of a to d',
    // What follows the two letters never mattered.
    read: (written) => {
      const pair = [...written].slice(0, 2);
      return isPair(pair) ? ([pair[0], pair[1]] as SlotPair) : undefined;
    },
    write: (pair) => pair.join(''),
  }),
  camera: zoomParam('camera'),
} satisfies ParamTable & Record<keyof CompareSettings, unknown>;

export const DEFAULT_COMPARE: CompareSettings = defaultsOf(COMPARE_PARAMS);
