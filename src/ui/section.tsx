import type { ReactNode } from 'react';
import { ChevronIcon } from './icons.tsx';

interface SectionProps {
  title: string;
  /** Shown beside the title, also while closed. */
  summary?: ReactNode;
  open?: boolean;
  children: ReactNode;
}

/** A part of the side panel that opens and closes. */
export function Section({ title, summary, open = false, children }: SectionProps) {
  return (
    <details className="section" open={open}>
      <summary>
        <span className="section-title">{title}</span>
        {summary !== undefined && <span className="section-summary">{summary}</span>}
        <ChevronIcon />
      </summary>
      <div className="section-body">{children}</div>
    </details>
  );
}
