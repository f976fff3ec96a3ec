import type { ReactNode } from 'react';

/** 20 × 20 line icons. They repeat what the button's name says, so assistive technology skips them. */
function icon(displayName: string, drawing: ReactNode) {
  const Icon = () => (
    <svg className="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      {drawing}
    </svg>
  );
  Icon.displayName = displayName;
  return Icon;
}

export const LogoIcon = icon(
  'LogoIcon',
  <>
    <rect x="1.75" y="3.75" width="7" height="12.5" rx="1.5" />
    <rect x="11.25" y="3.75" width="7" height="12.5" rx="1.5" />
    <path d="M5.2 7.6 14.4 9.6M5.2 12.6l9.2.6" className="icon-accent" />
  </>,
);
export const SwapIcon = icon('SwapIcon', <path d="M4 7h12m-3.5-3.5L16 7l-3.5 3.5M16 13H4m3.5-3.5L4 13l3.5 3.5" />);
export const FolderIcon = icon(
  'FolderIcon',
  <path d="M10 13V3.5m0 0L6.5 7M10 3.5 13.5 7M3.5 12.5v3a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-3" />,
);
export const CameraIcon = icon(
  'CameraIcon',
  <>
    <path d="M3 6.5h3L7.5 4h5L14 6.5h3a1 1 0 0 1 1 1v7.5a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V7.5a1 1 0 0 1 1-1Z" />
    <circle cx="10" cy="10.75" r="2.75" />
  </>,
);
export const LinkIcon = icon(
  'LinkIcon',
  <path d="M8.5 11.5a3 3 0 0 0 4.2 0l2.9-2.9a3 3 0 0 0-4.2-4.2l-.9.9M11.5 8.5a3 3 0 0 0-4.2 0l-2.9 2.9a3 3 0 0 0 4.2 4.2l.9-.9" />,
);
export const CodeIcon = icon('CodeIcon', <path d="m7 6-4 4 4 4M13 6l4 4-4 4M11.2 4.5 8.8 15.5" />);
export const CloseIcon = icon('CloseIcon', <path d="m5 5 10 10M15 5 5 15" />);
export const ChevronIcon = icon('ChevronIcon', <path d="m6 8 4 4 4-4" />);
export const SunIcon = icon(
  'SunIcon',
  <>
    <circle cx="10" cy="10" r="3.25" />
    <path d="M10 2v2m0 12v2M2 10h2m12 0h2M4.3 4.3l1.4 1.4m8.6 8.6 1.4 1.4m0-11.4-1.4 1.4m-8.6 8.6-1.4 1.4" />
  </>,
);
export const MoonIcon = icon('MoonIcon', <path d="M16.5 11.7A6.8 6.8 0 0 1 8.3 3.5a6.8 6.8 0 1 0 8.2 8.2Z" />);
export const AutoIcon = icon(
  'AutoIcon',
  <>
    <circle cx="10" cy="10" r="6.75" />
    <path d="M10 3.25a6.75 6.75 0 0 1 0 13.5Z" className="icon-fill" />
  </>,
);
export const ShuffleIcon = icon(
  'ShuffleIcon',
  <path d="M3 6h2.5c3.5 0 4.5 8 8 8H17m-2.5-2.5L17 14l-2.5 2.5M3 14h2.5c1.2 0 2.1-.95 2.85-2.2M17 6h-3.5c-1.2 0-2.1.95-2.85 2.2M14.5 3.5 17 6l-2.5 2.5" />,
);
export const CheckIcon = icon('CheckIcon', <path d="m4.5 10.5 3.5 3.5 7.5-8" />);
export const PartIcon = icon('PartIcon', <path d="M3.5 10c2-2.7 4.2-2.7 6.5 0s4.5 2.7 6.5 0" />);
export const InfoIcon = icon(
  'InfoIcon',
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 9v4.5M10 6.5v.2" />
  </>,
);
export const CopyIcon = icon(
  'CopyIcon',
  <>
    <rect x="7" y="7" width="9.5" height="9.5" rx="1.5" />
    <path d="M13 7V5a1.5 1.5 0 0 0-1.5-1.5H5A1.5 1.5 0 0 0 3.5 5v6.5A1.5 1.5 0 0 0 5 13h2" />
  </>,
);
export const PlusIcon = icon('PlusIcon', <path d="M10 4v12M4 10h12" />);
export const MinusIcon = icon('MinusIcon', <path d="M4 10h12" />);
export const FitIcon = icon('FitIcon', <path d="M3.5 7.5v-4h4M12.5 3.5h4v4M16.5 12.5v4h-4M7.5 16.5h-4v-4" />);
export const PlayIcon = icon('PlayIcon', <path d="M6.5 4.5v11l9-5.5Z" />);
export const PauseIcon = icon('PauseIcon', <path d="M7 4.5v11M13 4.5v11" />);
export const SaveIcon = icon(
  'SaveIcon',
  <path d="M10 3.5V13m0 0-3.5-3.5M10 13l3.5-3.5M3.5 12.5v3a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-3" />,
);
export const DiceIcon = icon(
  'DiceIcon',
  <>
    <rect x="3.5" y="3.5" width="13" height="13" rx="2.5" />
    <path d="M7 7v.1M13 7v.1M10 10v.1M7 13v.1M13 13v.1" strokeWidth="2.2" />
  </>,
);
